/*
 * The OpenSSL side of the bench: whole pages of docs/formats/psmdb.md through EVP (pages.h), timed here.
 *
 * Reads commands from standard input, one a line, and answers each with one line:
 *   page N HEX    takes a CBC page whose plaintext has N octets, decrypts and checks it: "ok"
 *   WORK RUNS     does the work RUNS times: nanoseconds of all of them
 * Ends without an answer when something is wrong. Key: 32 octets of 7.
 */
#include "pages.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PLAIN_MAX = 1 << 20, PAGE_MAX = PLAIN_MAX + CBC_GROWTH_MAX };

static unsigned char key[32], plain[PLAIN_MAX + 16], page[PAGE_MAX], made[PAGE_MAX];
static size_t plain_len, page_len, sealed_len;
static uint64_t counter;
static EVP_CIPHER_CTX *kept;

static void must(int is_good)
{
    if (!is_good)
        exit(1);
}

static void decrypt_new(void)
{
    size_t len = 0;
    must(cbc_read_new(key, page, page_len, plain, &len) && len == plain_len);
}

/* One context with its key for all pages: the best that can be made of it. */
static void decrypt_kept(void)
{
    size_t len = 0;
    must(cbc_read(kept, NULL, NULL, page, page_len, plain, &len) && len == plain_len);
}

static void encrypt_new(void)
{
    unsigned char iv[16] = {0};
    size_t len;
    counter++;
    memcpy(iv, &counter, 8);
    must(cbc_write(key, iv, plain, plain_len, made, &len));
    /* No GCM page lies there any more. */
    sealed_len = 0;
}

static void seal_new(void)
{
    unsigned char iv[GCM_IV] = {0};
    counter++;
    memcpy(iv, &counter, 8);
    must(gcm_write(key, iv, plain, plain_len, made));
    sealed_len = plain_len + GCM_GROWTH;
}

static void open_new(void)
{
    if (sealed_len != plain_len + GCM_GROWTH)
        seal_new();
    must(gcm_read(key, made, sealed_len, plain));
}

static void take_page(void)
{
    must(scanf("%zu ", &plain_len) == 1 && plain_len <= PLAIN_MAX);
    page_len = CBC_HEADER + (plain_len / 16 + 1) * 16;
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
