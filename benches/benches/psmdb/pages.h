/*
 * Pages of docs/formats/psmdb.md on the system's OpenSSL, made and read the way PSMDB does: a new
 * context for each page. For the benches alone: x86-64, with a CRC32C by the processor's instruction.
 *
 * Each function gives 1 when all went well, else 0.
 */
#ifndef STRONGROOM_BENCH_PAGES_H
#define STRONGROOM_BENCH_PAGES_H

#include <nmmintrin.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

enum { LANE = 1360, CBC_HEADER = 20, CBC_GROWTH_MAX = 36, GCM_IV = 12, GCM_TAG = 16, GCM_GROWTH = 28 };

static uint32_t zeros[4][256];

static uint64_t word(const unsigned char *from)
{
    uint64_t value;
    memcpy(&value, from, 8);
    return value;
}

/* The state of the CRC after LANE octets of zero, for each octet of the state before. */
static void make_zeros(void)
{
    for (int at = 0; at < 4; at++)
        for (uint32_t octet = 0; octet < 256; octet++) {
            uint64_t state = (uint64_t)octet << (8 * at);
            for (int done = 0; done < LANE; done += 8)
                state = _mm_crc32_u64(state, 0);
            zeros[at][octet] = (uint32_t)state;
        }
}

static uint64_t skip(uint64_t state)
{
    return zeros[0][state & 255] ^ zeros[1][state >> 8 & 255] ^ zeros[2][state >> 16 & 255] ^
           zeros[3][state >> 24 & 255];
}

/* CRC32C by the processor's instruction, three chains at once: as fast as it goes that way. */
static uint32_t crc32c(const unsigned char *text, size_t len)
{
    uint64_t first = 0xffffffff;
    for (; len >= 3 * LANE; len -= 3 * LANE, text += 3 * LANE) {
        uint64_t second = 0, third = 0;
        for (int at = 0; at < LANE; at += 8) {
            first = _mm_crc32_u64(first, word(text + at));
            second = _mm_crc32_u64(second, word(text + at + LANE));
            third = _mm_crc32_u64(third, word(text + at + 2 * LANE));
        }
        first = skip(skip(first) ^ second) ^ third;
    }
    for (; len >= 8; len -= 8, text += 8)
        first = _mm_crc32_u64(first, word(text));
    for (; len; len--, text++)
        first = _mm_crc32_u8((uint32_t)first, *text);
    return ~(uint32_t)first;
}

/* Reads a CBC page in a context that the caller has; without `cipher` and `key` it keeps those it has. */
static inline int cbc_read(EVP_CIPHER_CTX *context, const EVP_CIPHER *cipher, const unsigned char *key,
                           const unsigned char *page, size_t page_len, unsigned char *plain, size_t *plain_len)
{
    int body = 0, last = 0;
    uint32_t stored;
    if (page_len < CBC_HEADER || context == NULL ||
        !EVP_DecryptInit_ex(context, cipher, NULL, key, page + 4) ||
        !EVP_DecryptUpdate(context, plain, &body, page + CBC_HEADER, (int)(page_len - CBC_HEADER)) ||
        !EVP_DecryptFinal_ex(context, plain + body, &last))
        return 0;
    *plain_len = (size_t)(body + last);
    memcpy(&stored, page, 4);
    return stored == crc32c(plain, *plain_len);
}

static inline int cbc_read_new(const unsigned char *key, const unsigned char *page, size_t page_len,
                               unsigned char *plain, size_t *plain_len)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int is_good = cbc_read(context, EVP_aes_256_cbc(), key, page, page_len, plain, plain_len);
    EVP_CIPHER_CTX_free(context);
    return is_good;
}

/* `page` has room for `len` and CBC_GROWTH_MAX octets. */
static inline int cbc_write(const unsigned char *key, const unsigned char *iv, const unsigned char *plain,
                            size_t len, unsigned char *page, size_t *page_len)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int body = 0, last = 0;
    uint32_t checksum = crc32c(plain, len);
    memcpy(page, &checksum, 4);
    memcpy(page + 4, iv, 16);
    int is_good = context && EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, key, iv) &&
                  EVP_EncryptUpdate(context, page + CBC_HEADER, &body, plain, (int)len) &&
                  EVP_EncryptFinal_ex(context, page + CBC_HEADER + body, &last);
    EVP_CIPHER_CTX_free(context);
    *page_len = CBC_HEADER + (size_t)(body + last);
    return is_good;
}

/* `page` has room for `len` and GCM_GROWTH octets. */
static inline int gcm_write(const unsigned char *key, const unsigned char *iv, const unsigned char *plain,
                            size_t len, unsigned char *page)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int body = 0, last = 0;
    memcpy(page, iv, GCM_IV);
    int is_good = context && EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, iv) &&
                  EVP_EncryptUpdate(context, page + GCM_IV, &body, plain, (int)len) &&
                  EVP_EncryptFinal_ex(context, page + GCM_IV + body, &last) &&
                  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, GCM_TAG, page + GCM_IV + len);
    EVP_CIPHER_CTX_free(context);
    return is_good;
}

/* Gives page_len - GCM_GROWTH octets. The tag is not const for OpenSSL, which only reads it. */
static inline int gcm_read(const unsigned char *key, unsigned char *page, size_t page_len, unsigned char *plain)
{
    EVP_CIPHER_CTX *context;
    int body = 0, last = 0;
    if (page_len < GCM_GROWTH)
        return 0;
    context = EVP_CIPHER_CTX_new();
    int is_good = context && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, page) &&
                  EVP_DecryptUpdate(context, plain, &body, page + GCM_IV, (int)(page_len - GCM_GROWTH)) &&
                  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, GCM_TAG, page + page_len - GCM_TAG) &&
                  EVP_DecryptFinal_ex(context, plain + body, &last);
    EVP_CIPHER_CTX_free(context);
    return is_good;
}

#endif
