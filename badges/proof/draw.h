/* Private to badges: pages of a PDF as pictures, drawn by pdftoppm in a child process with bounds on time and memory. The one place that runs it. */
#ifndef PLENUM_BADGES_DRAW_H
#define PLENUM_BADGES_DRAW_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/vision/picture.h"

struct drawing;

/* Starts the child on the bytes of a PDF. ERR_NOT_FOUND when there is no pdftoppm. */
enum err drawing_start(const struct buf *pdf, unsigned dpi, struct drawing **ret, struct fault *fault);

/* The next page; its pixels stay valid until the next call. ERR_NOT_FOUND after the last page (when the child ended well). */
enum err drawing_next(struct drawing *drawing, struct picture *ret, struct fault *fault);

/* Ends the child if it still runs. Accepts NULL. */
void drawing_end(struct drawing *drawing);

/* The first page as a PNG in colour, appended to `out`. Bounds: 5 s of CPU, 10 s in all, 16 MB. ERR_TIMEOUT, ERR_LIMIT; ERR_NOT_FOUND as above. */
enum err drawing_make_png(const struct buf *pdf, unsigned dpi, struct buf *out, struct fault *fault);

#endif
