#include <mosquitto.h>
#include <netdb.h>

/* How many decrypted bytes OpenSSL holds, of which poll knows nothing: <openssl/ssl.h> is far too
   much to import for it. */
extern int SSL_pending(const void *ssl);

/* glibc's getaddrinfo with a time limit, and a flag of poll. Swift's Glibc module leaves them
   out: it asks the headers for no GNU extensions. The layout is part of glibc's ABI. */
#ifndef __USE_GNU
#include <time.h>

struct gaicb {
    const char *ar_name;
    const char *ar_service;
    const struct addrinfo *ar_request;
    struct addrinfo *ar_result;
    int __return;
    int __glibc_reserved[5];
};

#define GAI_NOWAIT 1
#define EAI_INPROGRESS -100
#define EAI_CANCELED -101

struct sigevent;
extern int getaddrinfo_a(int mode, struct gaicb *list[], int count, struct sigevent *notice);
extern int gai_suspend(
    const struct gaicb *const list[], int count, const struct timespec *timeout);
extern int gai_error(struct gaicb *request);
extern int gai_cancel(struct gaicb *request);

/* poll's sign that the peer has closed its half: of the kernel's ABI, on all but SPARC. */
#define POLLRDHUP 0x2000
#endif
