/* Judges servers by TLSA records with libssl alone: one TLS handshake in memory for each line of the standard input.
 *
 * in:  ID CERTIFICATE KEY CHAIN ROOTS NAME USAGE SELECTOR MATCHING HEX [USAGE SELECTOR MATCHING HEX]...
 *      CHAIN and ROOTS are PEM files or "-"; HEX may be "-" for no data.
 * out: ID OK, ID UNUSABLE (no record can be used), or ID FAIL NUMBER REASON
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

static void die(const char *what)
{
    fprintf(stderr, "dane_oracle: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static SSL_CTX *server(const char *certificate, const char *key, const char *chain)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);          /* what is sent is what the test says */
    SSL_CTX_set_num_tickets(ctx, 0);
    if (SSL_CTX_use_certificate_file(ctx, certificate, SSL_FILETYPE_PEM) != 1 || SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
        die(certificate);
    if (strcmp(chain, "-") != 0) {
        FILE *file = fopen(chain, "r");
        X509 *one;
        if (file == NULL)
            die(chain);
        while ((one = PEM_read_X509(file, NULL, NULL, NULL)) != NULL)
            SSL_CTX_add0_chain_cert(ctx, one);
        ERR_clear_error();
        fclose(file);
    }
    return ctx;
}

static SSL_CTX *client(const char *roots)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (SSL_CTX_dane_enable(ctx) <= 0)
        die("SSL_CTX_dane_enable");
    if (strcmp(roots, "-") != 0 && SSL_CTX_load_verify_file(ctx, roots) != 1)
        die(roots);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);         /* the result is asked for, not acted upon */
    return ctx;
}

static size_t unhex(const char *text, unsigned char *data)
{
    size_t length = 0;
    unsigned int octet;
    if (strcmp(text, "-") == 0)
        return 0;
    for (; text[0] != 0 && text[1] != 0 && sscanf(text, "%2x", &octet) == 1; text += 2)
        data[length++] = (unsigned char)octet;
    return length;
}

static void shake(SSL *from, SSL *to)
{
    BIO *one, *other;
    int turn;
    BIO_new_bio_pair(&one, 65536, &other, 65536);
    SSL_set_bio(from, one, one);
    SSL_set_bio(to, other, other);
    SSL_set_connect_state(from);
    SSL_set_accept_state(to);
    for (turn = 0; turn < 20 && !(SSL_is_init_finished(from) && SSL_is_init_finished(to)); turn++) {
        SSL_do_handshake(from);
        SSL_do_handshake(to);
    }
    if (!SSL_is_init_finished(from))
        die("the handshake did not end");
    ERR_clear_error();
}

int main(void)
{
    char *line = NULL;
    size_t space = 0;
    while (getline(&line, &space, stdin) > 0) {
        char *id = strtok(line, " \n"), *certificate = strtok(NULL, " \n"), *key = strtok(NULL, " \n"), *chain = strtok(NULL, " \n");
        char *roots = strtok(NULL, " \n"), *name = strtok(NULL, " \n"), *usage;
        SSL_CTX *here = client(roots), *there = server(certificate, key, chain);
        SSL *from = SSL_new(here), *to = SSL_new(there);
        int usable = 0;
        if (SSL_dane_enable(from, name) <= 0)
            die("SSL_dane_enable");
        SSL_dane_set_flags(from, DANE_FLAG_NO_DANE_EE_NAMECHECKS);      /* RFC 7672, 3.1.1 */
        while ((usage = strtok(NULL, " \n")) != NULL) {
            int selector = atoi(strtok(NULL, " \n")), matching = atoi(strtok(NULL, " \n"));
            char *hex = strtok(NULL, " \n");
            unsigned char *data = malloc(strlen(hex) / 2 + 1);
            size_t length = unhex(hex, data);
            if (SSL_dane_tlsa_add(from, (uint8_t)atoi(usage), (uint8_t)selector, (uint8_t)matching, data, length) > 0)
                usable++;
            free(data);
        }
        ERR_clear_error();
        if (usable == 0) {
            printf("%s UNUSABLE\n", id);
        } else {
            long result;
            shake(from, to);
            result = SSL_get_verify_result(from);
            if (result == X509_V_OK)
                printf("%s OK\n", id);
            else
                printf("%s FAIL %ld %s\n", id, result, X509_verify_cert_error_string(result));
        }
        SSL_free(from);
        SSL_free(to);
        SSL_CTX_free(here);
        SSL_CTX_free(there);
    }
    free(line);
    return 0;
}
