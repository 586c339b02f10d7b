//! `Block Cipher Mode`: how a block cipher is chained (KMIP 1.0, 9.1.3.2.13).
//!
//! May touch: numbers and names only.

open_enum! {
    /// How a block cipher is chained (KMIP 1.0, 9.1.3.2.13).
    BlockCipherMode {
        CBC = 0x01, "CBC", V1_0;
        ECB = 0x02, "ECB", V1_0;
        PCBC = 0x03, "PCBC", V1_0;
        CFB = 0x04, "CFB", V1_0;
        OFB = 0x05, "OFB", V1_0;
        CTR = 0x06, "CTR", V1_0;
        CMAC = 0x07, "CMAC", V1_0;
        CCM = 0x08, "CCM", V1_0;
        GCM = 0x09, "GCM", V1_0;
        CBC_MAC = 0x0A, "CBC-MAC", V1_0;
        XTS = 0x0B, "XTS", V1_0;
        AESKEYWRAPPADDING = 0x0C, "AESKeyWrapPadding", V1_0;
        NISTKEYWRAP = 0x0D, "NISTKeyWrap", V1_0;
        X9_102_AESKW = 0x0E, "X9.102 AESKW", V1_0;
        X9_102_TDKW = 0x0F, "X9.102 TDKW", V1_0;
        X9_102_AKW1 = 0x10, "X9.102 AKW1", V1_0;
        X9_102_AKW2 = 0x11, "X9.102 AKW2", V1_0;
        AEAD = 0x12, "AEAD", V1_4;
    }
}
