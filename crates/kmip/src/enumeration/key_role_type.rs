//! `Key Role Type`: role of a key in payment systems (KMIP 1.0, 9.1.3.2.16).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Role of a key in payment systems (KMIP 1.0, 9.1.3.2.16).
    KeyRoleType {
        BDK = 0x01, "BDK", V1_0;
        CVK = 0x02, "CVK", V1_0;
        DEK = 0x03, "DEK", V1_0;
        MKAC = 0x04, "MKAC", V1_0;
        MKSMC = 0x05, "MKSMC", V1_0;
        MKSMI = 0x06, "MKSMI", V1_0;
        MKDAC = 0x07, "MKDAC", V1_0;
        MKDN = 0x08, "MKDN", V1_0;
        MKCP = 0x09, "MKCP", V1_0;
        MKOTH = 0x0A, "MKOTH", V1_0;
        KEK = 0x0B, "KEK", V1_0;
        MAC16609 = 0x0C, "MAC16609", V1_0;
        MAC97971 = 0x0D, "MAC97971", V1_0;
        MAC97972 = 0x0E, "MAC97972", V1_0;
        MAC97973 = 0x0F, "MAC97973", V1_0;
        MAC97974 = 0x10, "MAC97974", V1_0;
        MAC97975 = 0x11, "MAC97975", V1_0;
        ZPK = 0x12, "ZPK", V1_0;
        PVKIBM = 0x13, "PVKIBM", V1_0;
        PVKPVV = 0x14, "PVKPVV", V1_0;
        PVKOTH = 0x15, "PVKOTH", V1_0;
        DUKPT = 0x16, "DUKPT", V1_4;
        IV = 0x17, "IV", V1_4;
        TRKBK = 0x18, "TRKBK", V1_4;
    }
}
