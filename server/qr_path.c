#include "server/qr_path.h"

#include "badges/paint/qr.h"
#include "core/base/buf.h"

#define QUIET 4 /* cells (ISO/IEC 18004) */

/* One path of unit squares, a run of black cells each: small, and no style is needed. */
char *qr_path(struct arena *arena, const char *text, unsigned *ret_size)
{
    struct qr qr;
    struct buf out;
    if (!text || qr_make(text, arena, &qr) != OK) return NULL;
    buf_init(&out, BUF_LIMIT_LINE);
    for (unsigned y = 0; y < qr.side; y++) {
        for (unsigned x = 0; x < qr.side; x++) {
            unsigned run = 0;
            while (x + run < qr.side && (qr.cells[y * qr.side + x + run] & 1) != 0) run++;
            if (run == 0) continue;
            buf_printf(&out, "M%u %uh%uv1h-%uz", x + QUIET, y + QUIET, run, run);
            x += run;
        }
    }
    char *path = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    *ret_size = qr.side + 2 * QUIET;
    return path;
}
