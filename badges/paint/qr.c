#include "badges/paint/qr.h"

#include <errno.h>
#include <qrencode.h>

static enum err make(const char *text, QRecLevel level, struct arena *arena, struct qr *ret)
{
    if (!text[0]) return ERR_INPUT;
    /* This function, not the 8-bit one: it splits the text into modes by itself. */
    QRcode *code = QRcode_encodeString(text, 0, level, QR_MODE_8, 1);
    if (!code) return errno == ERANGE ? ERR_LIMIT : ERR_NOMEM;
    size_t side = (size_t)code->width;
    unsigned char *cells = arena_memdup(arena, code->data, side * side);
    QRcode_free(code);
    if (!cells) return ERR_NOMEM;
    *ret = (struct qr){.cells = cells, .side = (unsigned)side};
    return OK;
}

enum err qr_make(const char *text, struct arena *arena, struct qr *ret)
{
    return make(text, QR_ECLEVEL_Q, arena, ret);
}

enum err qr_make_sparse(const char *text, struct arena *arena, struct qr *ret)
{
    return make(text, QR_ECLEVEL_M, arena, ret);
}
