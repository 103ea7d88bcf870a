#include "core/vision/color.h"

#include <lcms2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PROFILE_MOST (4u << 20) /* a press profile has half a megabyte to two */
#define PIECE (1u << 20)        /* lcms counts pixels in 32 bits */

struct color {
    cmsContext context;
    cmsHTRANSFORM transform;
    size_t in_bytes;
};

/* Most pictures say "sRGB IEC61966-2.1": they stay as they are, byte for byte. */
static bool is_srgb(cmsHPROFILE profile)
{
    char text[128] = "";
    (void)cmsGetProfileInfoASCII(profile, cmsInfoDescription, "en", "US", text, sizeof text);
    return strncmp(text, "sRGB", 4) == 0;
}

static bool fits(cmsHPROFILE profile, enum color_kind kind)
{
    cmsProfileClassSignature use = cmsGetDeviceClass(profile);
    bool usable = use == cmsSigDisplayClass || use == cmsSigInputClass || use == cmsSigOutputClass || use == cmsSigColorSpaceClass;
    return usable && cmsGetColorSpace(profile) == (kind == COLOR_RGB ? cmsSigRgbData : cmsSigCmykData);
}

static enum err make(struct color *color, cmsHPROFILE from, enum color_kind kind)
{
    static const cmsUInt32Number formats[] = {[COLOR_RGB] = TYPE_RGB_8, [COLOR_CMYK] = TYPE_CMYK_8, [COLOR_CMYK_INVERTED] = TYPE_CMYK_8_REV};
    if (!fits(from, kind)) return ERR_INPUT;
    if (kind == COLOR_RGB && is_srgb(from)) return ERR_NOT_FOUND;
    cmsHPROFILE to = cmsCreate_sRGBProfileTHR(color->context);
    if (!to) return ERR_NOMEM;
    cmsUInt32Number intent = kind == COLOR_RGB ? INTENT_RELATIVE_COLORIMETRIC : INTENT_PERCEPTUAL;
    cmsUInt32Number flags = kind == COLOR_RGB ? cmsFLAGS_BLACKPOINTCOMPENSATION : 0;
    color->transform = cmsCreateTransformTHR(color->context, from, formats[kind], to, TYPE_RGB_8, intent, flags | cmsFLAGS_NOCACHE);
    color->in_bytes = kind == COLOR_RGB ? 3 : 4;
    (void)cmsCloseProfile(to);
    return color->transform ? OK : ERR_INPUT;
}

enum err color_new(const void *profile, size_t length, enum color_kind kind, struct color **ret)
{
    if (length < 128 || length > PROFILE_MOST) return ERR_INPUT;
    struct color *color = calloc(1, sizeof *color);
    if (!color) return ERR_NOMEM;
    color->context = cmsCreateContext(NULL, NULL);
    cmsHPROFILE from = color->context ? cmsOpenProfileFromMemTHR(color->context, profile, (cmsUInt32Number)length) : NULL;
    enum err e = from ? make(color, from, kind) : ERR_INPUT;
    if (from) (void)cmsCloseProfile(from);
    if (e == OK) *ret = color;
    else color_free(color);
    return e;
}

void color_free(struct color *color)
{
    if (!color) return;
    if (color->transform) cmsDeleteTransform(color->transform);
    if (color->context) cmsDeleteContext(color->context);
    free(color);
}

void color_run(const struct color *color, const uint8_t *in, uint8_t *out, size_t pixels)
{
    while (pixels) {
        size_t n = pixels < PIECE ? pixels : PIECE;
        cmsDoTransform(color->transform, in, out, (cmsUInt32Number)n);
        in += n * color->in_bytes;
        out += n * 3;
        pixels -= n;
    }
}
