/*
 * Two encryptors for a WiredTiger host that write PSMDB's pages (../psmdb/pages.h) as PSMDB does:
 *   psmdb-cbc   AES-256-CBC with a CRC32C; the IV from a generator that is not cryptographic, under a mutex
 *   psmdb-gcm   AES-256-GCM without AAD; the IV is one counter for all keys
 * For the benches alone. PSMDB also writes its counter down every 4096 pages, which is left out here.
 */
#include <pthread.h>
#include <stdlib.h>

#include <wiredtiger.h>

#include "../psmdb/pages.h"

static const unsigned char key[32] = {7};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t random_state[2] = {0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9}, pages;

/* xorshift128+ */
static uint64_t random_word(void)
{
    uint64_t first = random_state[0], second = random_state[1];
    random_state[0] = second;
    first ^= first << 23;
    random_state[1] = first ^ second ^ (first >> 17) ^ (second >> 26);
    return random_state[1] + second;
}

static int encrypt_cbc(WT_ENCRYPTOR *own, WT_SESSION *session, uint8_t *src, size_t src_len, uint8_t *dst,
                       size_t dst_len, size_t *result_len)
{
    unsigned char iv[16];
    uint64_t words[2];
    (void)own, (void)session;
    if (dst_len < src_len + CBC_GROWTH_MAX)
        return WT_ERROR;
    pthread_mutex_lock(&lock);
    words[0] = random_word();
    words[1] = random_word();
    pthread_mutex_unlock(&lock);
    memcpy(iv, words, sizeof iv);
    return cbc_write(key, iv, src, src_len, dst, result_len) ? 0 : WT_ERROR;
}

static int decrypt_cbc(WT_ENCRYPTOR *own, WT_SESSION *session, uint8_t *src, size_t src_len, uint8_t *dst,
                       size_t dst_len, size_t *result_len)
{
    (void)own, (void)session, (void)dst_len;
    return cbc_read_new(key, src, src_len, dst, result_len) ? 0 : WT_ERROR;
}

static int size_cbc(WT_ENCRYPTOR *own, WT_SESSION *session, size_t *growth)
{
    (void)own, (void)session;
    *growth = CBC_GROWTH_MAX;
    return 0;
}

static int encrypt_gcm(WT_ENCRYPTOR *own, WT_SESSION *session, uint8_t *src, size_t src_len, uint8_t *dst,
                       size_t dst_len, size_t *result_len)
{
    unsigned char iv[GCM_IV] = {0};
    uint64_t number;
    (void)own, (void)session;
    if (dst_len < src_len + GCM_GROWTH)
        return WT_ERROR;
    pthread_mutex_lock(&lock);
    number = ++pages;
    pthread_mutex_unlock(&lock);
    memcpy(iv, &number, sizeof number);
    *result_len = src_len + GCM_GROWTH;
    return gcm_write(key, iv, src, src_len, dst) ? 0 : WT_ERROR;
}

static int decrypt_gcm(WT_ENCRYPTOR *own, WT_SESSION *session, uint8_t *src, size_t src_len, uint8_t *dst,
                       size_t dst_len, size_t *result_len)
{
    (void)own, (void)session, (void)dst_len;
    *result_len = src_len < GCM_GROWTH ? 0 : src_len - GCM_GROWTH;
    return gcm_read(key, src, src_len, dst) ? 0 : WT_ERROR;
}

static int size_gcm(WT_ENCRYPTOR *own, WT_SESSION *session, size_t *growth)
{
    (void)own, (void)session;
    *growth = GCM_GROWTH;
    return 0;
}

int wiredtiger_extension_init(WT_CONNECTION *connection, WT_CONFIG_ARG *config)
{
    static WT_ENCRYPTOR cbc = {.encrypt = encrypt_cbc, .decrypt = decrypt_cbc, .sizing = size_cbc};
    static WT_ENCRYPTOR gcm = {.encrypt = encrypt_gcm, .decrypt = decrypt_gcm, .sizing = size_gcm};
    (void)config;
    make_zeros();
    int code = connection->add_encryptor(connection, "psmdb-cbc", &cbc, NULL);
    return code ? code : connection->add_encryptor(connection, "psmdb-gcm", &gcm, NULL);
}
