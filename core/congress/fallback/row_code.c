#include "core/congress/fallback/row_code.h"
#include "core/base/text.h"

#include <string.h>

#define BASE 23u
#define DIGITS 10u /* symbols before the letters */

static const char symbols[] = ROW_CODE_SYMBOLS;

static int value_of(int32_t c)
{
    static const char looks[] = "ODQILZSBU", like[] = "000112" "58V";
    int digit = text_digit(c);
    if (digit >= 0) return digit;
    if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
    if (c < 'A' || c > 'Z') return -1;
    const char *look = strchr(looks, (char)c), *found = strchr(symbols, look ? like[look - looks] : (char)c);
    return found ? (int)(found - symbols) : -1;
}

/* Weights 1 to 4 before, 5 at the check: all sums of two are below the prime, so no pair of equal symbols hides another pair. */
static unsigned check_of(const unsigned *values)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < ROW_CODE_LENGTH - 1; i++) sum += (i + 1) * values[i];
    for (unsigned check = 0; check < BASE; check++)
        if ((sum + ROW_CODE_LENGTH * check) % BASE == 0) return check;
    return 0;
}

void row_code_make(uint32_t index, char out[ROW_CODE_SIZE])
{
    unsigned values[ROW_CODE_LENGTH];
    for (int i = ROW_CODE_LENGTH - 2; i > 0; i--) {
        values[i] = index % BASE;
        index /= BASE;
    }
    values[0] = DIGITS + index % (BASE - DIGITS);
    values[ROW_CODE_LENGTH - 1] = check_of(values);
    for (int i = 0; i < ROW_CODE_LENGTH; i++) out[i] = symbols[values[i]];
    out[ROW_CODE_LENGTH] = '\0';
}

enum row_code_flaw row_code_read(const char *typed, char out[ROW_CODE_SIZE])
{
    unsigned values[ROW_CODE_LENGTH];
    unsigned count = 0;
    for (const char *p = typed; *p;) {
        int32_t c = text_next(&p);
        if (c == ' ' || c == '-' || c == '\t' || c == 0xA0) continue;
        int value = value_of(c);
        if (value < 0) return ROW_CODE_STRANGE;
        if (count < ROW_CODE_LENGTH) values[count] = (unsigned)value;
        count++;
    }
    if (count < ROW_CODE_LENGTH) return ROW_CODE_SHORT;
    if (count > ROW_CODE_LENGTH) return ROW_CODE_LONG;
    if (values[0] < DIGITS || check_of(values) != values[ROW_CODE_LENGTH - 1]) return ROW_CODE_WRONG;
    for (unsigned i = 0; i < ROW_CODE_LENGTH; i++) out[i] = symbols[values[i]];
    out[ROW_CODE_LENGTH] = '\0';
    return ROW_CODE_GOOD;
}

uint32_t row_code_index(const char *code)
{
    uint32_t index = (uint32_t)value_of(code[0]) - DIGITS;
    for (int i = 1; i < ROW_CODE_LENGTH - 1; i++) index = index * BASE + (uint32_t)value_of(code[i]);
    return index;
}
