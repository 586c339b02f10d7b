/*
 * The OpenSSL side of the bench: whole pages of docs/formats/psmdb.md through EVP, timed here.
 *
 * Reads commands from standard input, one a line, and answers each with one line:
 *   page N HEX    takes a CBC page whose plaintext has N octets, decrypts and checks it: "ok"
 *   WORK RUNS     does the work RUNS times: nanoseconds of all of them
 * Ends without an answer when something is wrong. Key: 32 octets of 7.
 */
#include <nmmintrin.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LANE = 1360, PLAIN_MAX = 1 << 20, HEADER = 20, PAGE_MAX = PLAIN_MAX + 36 };

static unsigned char key[32], plain[PLAIN_MAX + 16], page[PAGE_MAX], made[PAGE_MAX];
static size_t plain_len, page_len, sealed_len;
static uint32_t zeros[4][256];
static uint64_t counter;
static EVP_CIPHER_CTX *kept;

static void must(int is_good)
{
    if (!is_good)
        exit(1);
}

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

static void decrypt_with(EVP_CIPHER_CTX *context, const EVP_CIPHER *cipher, const void *with)
{
    int body = 0, last = 0;
    uint32_t stored;
    must(EVP_DecryptInit_ex(context, cipher, NULL, with, page + 4));
    must(EVP_DecryptUpdate(context, plain, &body, page + HEADER, (int)(page_len - HEADER)));
    must(EVP_DecryptFinal_ex(context, plain + body, &last));
    memcpy(&stored, page, 4);
    must((size_t)(body + last) == plain_len && stored == crc32c(plain, plain_len));
}

/* A new context for each page, as PSMDB does. */
static void decrypt_new(void)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    must(context != NULL);
    decrypt_with(context, EVP_aes_256_cbc(), key);
    EVP_CIPHER_CTX_free(context);
}

/* One context with its key for all pages: the best that can be made of it. */
static void decrypt_kept(void)
{
    decrypt_with(kept, NULL, NULL);
}

static void encrypt_new(void)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int body = 0, last = 0;
    uint32_t checksum = crc32c(plain, plain_len);
    memcpy(made, &checksum, 4);
    counter++;
    memcpy(made + 4, &counter, 8);
    must(context && EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, key, made + 4));
    must(EVP_EncryptUpdate(context, made + HEADER, &body, plain, (int)plain_len));
    must(EVP_EncryptFinal_ex(context, made + HEADER + body, &last));
    EVP_CIPHER_CTX_free(context);
}

static void seal_new(void)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int body = 0, last = 0;
    memset(made, 0, 12);
    counter++;
    memcpy(made, &counter, 8);
    must(context && EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, made));
    must(EVP_EncryptUpdate(context, made + 12, &body, plain, (int)plain_len));
    must(EVP_EncryptFinal_ex(context, made + 12 + body, &last));
    must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, made + 12 + plain_len));
    EVP_CIPHER_CTX_free(context);
    sealed_len = plain_len + 28;
}

static void open_new(void)
{
    EVP_CIPHER_CTX *context;
    int body = 0, last = 0;
    if (sealed_len != plain_len + 28)
        seal_new();
    context = EVP_CIPHER_CTX_new();
    must(context && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, made));
    must(EVP_DecryptUpdate(context, plain, &body, made + 12, (int)plain_len));
    must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, 16, made + 12 + plain_len));
    must(EVP_DecryptFinal_ex(context, plain + body, &last));
    EVP_CIPHER_CTX_free(context);
}

static void take_page(void)
{
    must(scanf("%zu ", &plain_len) == 1 && plain_len <= PLAIN_MAX);
    page_len = HEADER + (plain_len / 16 + 1) * 16;
    for (size_t at = 0; at < page_len; at++) {
        unsigned octet;
        must(scanf("%2x", &octet) == 1);
        page[at] = (unsigned char)octet;
    }
    sealed_len = 0;
    decrypt_new();
    decrypt_kept();
    puts("ok");
}

static void run(void (*work)(void))
{
    struct timespec before, after;
    unsigned long runs;
    must(scanf("%lu", &runs) == 1);
    clock_gettime(CLOCK_MONOTONIC, &before);
    while (runs--)
        work();
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("%lld\n", (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*work)(void);
    } works[] = {{"decrypt", decrypt_new}, {"decrypt-kept", decrypt_kept},
                 {"encrypt", encrypt_new}, {"seal", seal_new}, {"open", open_new}};
    char name[32];
    memset(key, 7, sizeof key);
    make_zeros();
    kept = EVP_CIPHER_CTX_new();
    must(kept && EVP_DecryptInit_ex(kept, EVP_aes_256_cbc(), NULL, key, key));
    puts(OpenSSL_version(OPENSSL_VERSION));
    fflush(stdout);
    while (scanf("%31s", name) == 1) {
        int is_known = !strcmp(name, "page");
        if (is_known)
            take_page();
        for (size_t at = 0; at < sizeof works / sizeof *works; at++)
            if (!strcmp(name, works[at].name)) {
                is_known = 1;
                run(works[at].work);
            }
        must(is_known);
        fflush(stdout);
    }
    return 0;
}
