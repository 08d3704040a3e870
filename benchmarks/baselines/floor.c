/* The floor of an SMTP receiver on this kernel: one thread waits with epoll, reads as much as there is, answers from a table of fixed
   replies and writes once for each read. It checks nothing, so no server can do less. Usage: floor PORT (loopback only). */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 256 * 1024, KEEP = 512, REPLIES = 128 * 1024, EVENTS = 256 };
enum state { COMMAND, CONTENT, CHUNK };

struct session {
    int socket;
    enum state state;
    size_t chunk_left;
    size_t kept;            /* the begin of a command line, or the last bytes of content: the end mark may be cut anywhere */
    char keep[KEEP];
};

static char input[KEEP + READ_SIZE], replies[REPLIES];
static size_t replies_length;

#define REPLY(text) reply(text, sizeof text - 1)
static void reply(const char *text, size_t length)
{
    if (replies_length + length > sizeof replies)
        return;
    memcpy(replies + replies_length, text, length);
    replies_length += length;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Answers one line; returns 0 when it was QUIT. */
static int command(struct session *s, const char *line)
{
    switch (*line) {
    case 'E': REPLY("250-floor.example\r\n250-SIZE 1073741824\r\n250-8BITMIME\r\n250-CHUNKING\r\n250 PIPELINING\r\n"); break;
    case 'D': s->state = CONTENT; REPLY("354 Go on\r\n"); break;
    case 'B':
        s->chunk_left = strtoul(line + 5, NULL, 10);
        if (s->chunk_left)
            s->state = CHUNK;
        else
            REPLY("250 Taken\r\n");
        break;
    case 'Q': REPLY("221 Bye\r\n"); return 0;
    default: REPLY("250 Fine\r\n");
    }
    return 1;
}

/* Goes through input[0..length); what cannot be decided yet is kept. Returns 0 when the client has taken its leave. */
static int consume(struct session *s, size_t length)
{
    char *at = input, *end = input + length;
    s->kept = 0;
    while (at < end) {
        if (s->state == CHUNK) {
            size_t part = smaller(s->chunk_left, (size_t)(end - at));
            at += part;
            s->chunk_left -= part;
            if (s->chunk_left)
                return 1;
            s->state = COMMAND;
            REPLY("250 Taken\r\n");
        } else if (s->state == CONTENT) {
            char *mark = memmem(at, (size_t)(end - at), "\r\n.\r\n", 5);
            if (!mark) {
                s->kept = smaller(4, (size_t)(end - at));
                memcpy(s->keep, end - s->kept, s->kept);
                return 1;
            }
            at = mark + 5;
            s->state = COMMAND;
            REPLY("250 Taken\r\n");
        } else {
            char *line_end = memchr(at, '\n', (size_t)(end - at));
            if (!line_end) {
                s->kept = smaller(KEEP, (size_t)(end - at));
                memcpy(s->keep, at, s->kept);
                return 1;
            }
            if (!command(s, at))
                return 0;
            /* The line end of DATA is the first half of an end mark. */
            at = s->state == CONTENT ? line_end - 1 : line_end + 1;
        }
    }
    return 1;
}

static void serve(struct session *s)
{
    replies_length = 0;
    memcpy(input, s->keep, s->kept);
    ssize_t got = read(s->socket, input + s->kept, READ_SIZE);
    int stays = got > 0 && consume(s, s->kept + (size_t)got);
    if (replies_length && write(s->socket, replies, replies_length) != (ssize_t)replies_length)
        stays = 0;
    if (!stays) {
        close(s->socket);
        free(s);
    }
}

static void greet(int poll, int listener)
{
    int one = 1, client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (client < 0)
        return;
    struct session *s = calloc(1, sizeof *s);
    struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = s };
    s->socket = client;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (write(client, "220 floor.example\r\n", 19) != 19 || epoll_ctl(poll, EPOLL_CTL_ADD, client, &wanted) < 0) {
        close(client);
        free(s);
    }
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "floor PORT\n");
        return 2;
    }
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = NULL }, events[EVENTS];
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, 4096) < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted) < 0) {
        perror("floor");
        return 1;
    }
    for (;;) {
        int ready = epoll_wait(poll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr)
                serve(events[i].data.ptr);
            else
                greet(poll, listener);
        }
    }
}
