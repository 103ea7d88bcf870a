#include "core/vision/reed_solomon.h"

#include <string.h>

#define PARITY_MOST REED_SOLOMON_PARITY_MOST

void reed_solomon_init(struct reed_solomon *field)
{
    unsigned value = 1;
    memset(field, 0, sizeof *field);
    for (unsigned i = 0; i < 255; i++) {
        field->power[i] = field->power[i + 255] = (uint8_t)value;
        field->logarithm[value] = (uint8_t)i;
        value <<= 1;
        if (value & 0x100) value ^= 0x11D;
    }
}

static uint8_t multiply(const struct reed_solomon *f, uint8_t a, uint8_t b)
{
    return a && b ? f->power[f->logarithm[a] + f->logarithm[b]] : 0;
}

/* `b` is not 0. */
static uint8_t divide(const struct reed_solomon *f, uint8_t a, uint8_t b)
{
    return a ? f->power[f->logarithm[a] + 255 - f->logarithm[b]] : 0;
}

/* False when all are 0: the word is whole. */
static bool find_syndromes(const struct reed_solomon *f, const uint8_t *word, size_t length, size_t parity, uint8_t *out)
{
    uint8_t any = 0;
    for (size_t j = 0; j < parity; j++) {
        uint8_t sum = 0;
        for (size_t i = 0; i < length; i++) sum = (uint8_t)(multiply(f, sum, f->power[j]) ^ word[i]);
        out[j] = sum;
        any |= sum;
    }
    return any != 0;
}

/* Berlekamp and Massey's locator, begun with the erasures' (Blahut 1983). `locator` has parity + 1 places. Returns its degree. */
static size_t find_locator(const struct reed_solomon *f, const uint8_t *syndromes, size_t length, size_t parity, const uint8_t *erased, size_t erased_count,
                           uint8_t *locator)
{
    uint8_t before[PARITY_MOST + 1], next[PARITY_MOST + 1];
    memset(locator, 0, parity + 1);
    locator[0] = 1;
    for (size_t k = 0; k < erased_count; k++) {
        uint8_t place = f->power[length - 1 - erased[k]];
        for (size_t i = k + 1; i > 0; i--) locator[i] ^= multiply(f, locator[i - 1], place);
    }
    memcpy(before, locator, parity + 1);
    size_t degree = erased_count;
    for (size_t r = erased_count + 1; r <= parity; r++) {
        uint8_t wrong = 0;
        for (size_t i = 0; i < r; i++) wrong ^= multiply(f, locator[i], syndromes[r - 1 - i]);
        if (wrong) {
            memcpy(next, locator, parity + 1);
            for (size_t i = 0; i < parity; i++) next[i + 1] ^= multiply(f, wrong, before[i]);
        }
        if (wrong && 2 * degree <= r + erased_count - 1) {
            degree = r + erased_count - degree;
            for (size_t i = 0; i <= parity; i++) before[i] = divide(f, locator[i], wrong);
        } else {
            memmove(before + 1, before, parity);
            before[0] = 0;
        }
        if (wrong) memcpy(locator, next, parity + 1);
    }
    while (degree > 0 && !locator[degree]) degree--;
    return degree;
}

static uint8_t value_at(const struct reed_solomon *f, const uint8_t *polynomial, size_t count, uint8_t x)
{
    uint8_t sum = 0;
    for (size_t i = count; i-- > 0;) sum = (uint8_t)(multiply(f, sum, x) ^ polynomial[i]);
    return sum;
}

/* Forney's values at the locator's roots. False when the roots are not as many as its degree says. */
static bool set_right(const struct reed_solomon *f, uint8_t *word, size_t length, size_t parity, const uint8_t *syndromes, const uint8_t *locator, size_t degree)
{
    uint8_t evaluator[PARITY_MOST] = {0}, derivative[PARITY_MOST] = {0};
    size_t roots = 0;
    for (size_t i = 0; i < parity; i++)
        for (size_t j = 0; j <= i && j <= degree; j++) evaluator[i] ^= multiply(f, locator[j], syndromes[i - j]);
    for (size_t i = 1; i <= degree; i += 2) derivative[i - 1] = locator[i];
    for (size_t i = 0; i < length; i++) {
        size_t power = length - 1 - i;
        uint8_t inverse = f->power[(255 - power) % 255];
        if (value_at(f, locator, degree + 1, inverse)) continue;
        uint8_t slope = value_at(f, derivative, degree, inverse);
        if (!slope) return false;
        roots++;
        word[i] ^= multiply(f, f->power[power], divide(f, value_at(f, evaluator, parity, inverse), slope));
    }
    return roots == degree;
}

bool reed_solomon_repair(const struct reed_solomon *field, uint8_t *word, size_t length, size_t parity, const uint8_t *erased, size_t erased_count, size_t reserve,
                         size_t *ret_errors)
{
    uint8_t syndromes[PARITY_MOST], locator[PARITY_MOST + 1], copy[255], again[PARITY_MOST];
    *ret_errors = 0;
    if (length > sizeof copy || parity > PARITY_MOST || parity >= length || erased_count > parity) return false;
    if (!find_syndromes(field, word, length, parity, syndromes)) return true;
    size_t degree = find_locator(field, syndromes, length, parity, erased, erased_count, locator);
    if (degree < erased_count || 2 * (degree - erased_count) + erased_count + reserve > parity) return false;
    memcpy(copy, word, length);
    if (!set_right(field, copy, length, parity, syndromes, locator, degree) || find_syndromes(field, copy, length, parity, again)) return false;
    memcpy(word, copy, length);
    *ret_errors = degree - erased_count;
    return true;
}
