#include "core/base/text_vietnamese.h"
#include "core/base/text.h"
#include "core/base/text_syllable.h"

#include <string.h>

#define WORD_MOST 24

/* --- letters -------------------------------------------------------------------------------------------------------------------- */

/* Rows: a ă â e ê i o ô ơ u ư y; columns: no tone, huyền, hỏi, ngã, sắc, nặng. */
static const uint16_t letters[12][6] = {
    {0x0061, 0x00E0, 0x1EA3, 0x00E3, 0x00E1, 0x1EA1}, {0x0103, 0x1EB1, 0x1EB3, 0x1EB5, 0x1EAF, 0x1EB7}, {0x00E2, 0x1EA7, 0x1EA9, 0x1EAB, 0x1EA5, 0x1EAD},
    {0x0065, 0x00E8, 0x1EBB, 0x1EBD, 0x00E9, 0x1EB9}, {0x00EA, 0x1EC1, 0x1EC3, 0x1EC5, 0x1EBF, 0x1EC7}, {0x0069, 0x00EC, 0x1EC9, 0x0129, 0x00ED, 0x1ECB},
    {0x006F, 0x00F2, 0x1ECF, 0x00F5, 0x00F3, 0x1ECD}, {0x00F4, 0x1ED3, 0x1ED5, 0x1ED7, 0x1ED1, 0x1ED9}, {0x01A1, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EDB, 0x1EE3},
    {0x0075, 0x00F9, 0x1EE7, 0x0169, 0x00FA, 0x1EE5}, {0x01B0, 0x1EEB, 0x1EED, 0x1EEF, 0x1EE9, 0x1EF1}, {0x0079, 0x1EF3, 0x1EF7, 0x1EF9, 0x00FD, 0x1EF5},
};
enum { A, A_BREVE, A_CIRCUMFLEX, E, E_CIRCUMFLEX, I, O, O_CIRCUMFLEX, O_HORN, U, U_HORN, Y };

/* The same letters' bytes in TCVN3. */
static const uint8_t tcvn3[12][6] = {
    {0x61, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9}, {0xA8, 0xBB, 0xBC, 0xBD, 0xBE, 0xC6}, {0xA9, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB}, {0x65, 0xCC, 0xCE, 0xCF, 0xD0, 0xD1},
    {0xAA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6}, {0x69, 0xD7, 0xD8, 0xDC, 0xDD, 0xDE}, {0x6F, 0xDF, 0xE1, 0xE2, 0xE3, 0xE4}, {0xAB, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9},
    {0xAC, 0xEA, 0xEB, 0xEC, 0xED, 0xEE}, {0x75, 0xEF, 0xF1, 0xF2, 0xF3, 0xF4}, {0xAD, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9}, {0x79, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE},
};
/* 0xA1 to 0xA7: the capitals that TCVN3 has. */
static const uint16_t tcvn3_capitals[7] = {0x0102, 0x00C2, 0x00CA, 0x00D4, 0x01A0, 0x01AF, 0x0110};
#define TCVN3_D 0xAE

static int32_t to_upper(int32_t c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7)) return c - 0x20;
    if ((c >= 0x1EA0 && c <= 0x1EF9) || c == 0x0103 || c == 0x0111 || c == 0x0129 || c == 0x0169 || c == 0x01B0) return c == 0x01B0 ? 0x01AF : c & ~1;
    return c == 0x01A1 ? 0x01A0 : c;
}

static int32_t to_lower(int32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7)) return c + 0x20;
    if ((c >= 0x1EA0 && c <= 0x1EF9) || c == 0x0102 || c == 0x0110 || c == 0x0128 || c == 0x0168) return c == 0x0110 ? 0x0111 : c | 1;
    return c == 0x01A0 ? 0x01A1 : c == 0x01AF ? 0x01B0 : c;
}

static bool is_capital(int32_t c)
{
    return to_lower(c) != c;
}

/* The row and column of a small letter; false for consonants. */
static bool find_vowel(int32_t c, int *ret_row, int *ret_tone)
{
    for (int row = 0; row < 12; row++)
        for (int tone = 0; tone < 6; tone++)
            if (letters[row][tone] == c) return *ret_row = row, *ret_tone = tone, true;
    return false;
}

int32_t vietnamese_with_tone(int32_t letter, int32_t mark)
{
    static const uint16_t marks[6] = {0, 0x0300, 0x0309, 0x0303, 0x0301, 0x0323};
    int row, tone, wanted = 1;
    while (wanted < 6 && marks[wanted] != mark) wanted++;
    if (wanted == 6 || !find_vowel(to_lower(letter), &row, &tone) || tone != 0) return 0;
    return is_capital(letter) ? to_upper(letters[row][wanted]) : letters[row][wanted];
}

/* --- TCVN3 and VNI, a letter at a time -------------------------------------------------------------------------------------------- */

/* 0: TCVN3 has no such letter. */
static int32_t tcvn3_letter(int32_t c)
{
    if (c >= 0xA1 && c <= 0xA7) return tcvn3_capitals[c - 0xA1];
    if (c == TCVN3_D) return 0x0111;
    if (c < 0xA8 || c > 0xFE) return 0;
    for (int row = 0; row < 12; row++)
        for (int tone = 0; tone < 6; tone++)
            if (tcvn3[row][tone] == c) return letters[row][tone];
    return 0;
}

static int tone_by(int32_t c, const uint16_t marks[6])
{
    for (int tone = 0; tone < 6; tone++)
        if (marks[tone] == c) return tone;
    return -1;
}

/* A vowel and the letter behind it that stands for its marks; 0: they are no pair. */
static int32_t vni_pair(int32_t vowel, int32_t mark)
{
    static const uint16_t tones[6] = {0, 0xF8, 0xFB, 0xF5, 0xF9, 0xEF};
    static const uint16_t circumflex[6] = {0xE2, 0xE0, 0xE5, 0xE3, 0xE1, 0xE4}, breve[6] = {0xEA, 0xE8, 0xFA, 0xFC, 0xE9, 0xEB};
    static const struct { uint16_t letter; int8_t row, with_circumflex; } rows[] = {
        {'a', A, A_CIRCUMFLEX}, {'e', E, E_CIRCUMFLEX}, {'o', O, O_CIRCUMFLEX}, {'u', U, -1}, {'y', Y, -1}, {0xF4, O_HORN, -1}, {0xF6, U_HORN, -1},
    };
    bool capital = is_capital(vowel);
    int32_t low = to_lower(vowel), small = to_lower(mark), found = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !found; i++) {
        if (rows[i].letter != low) continue;
        int tone = tone_by(small, tones), round = tone_by(small, circumflex), flat = tone_by(small, breve);
        if (tone > 0) found = letters[rows[i].row][tone];
        else if (round >= 0 && rows[i].with_circumflex >= 0) found = letters[rows[i].with_circumflex][round];
        else if (flat >= 0 && rows[i].row == A) found = letters[A_BREVE][flat];
    }
    return found && capital ? to_upper(found) : found;
}

/* What one character stands for alone; 0: nothing of VNI's. */
static int32_t vni_single(int32_t c)
{
    static const uint16_t from[] = {0xEC, 0xE6, 0xF3, 0xED, 0xF2, 0xEE, 0xF1, 0xF4, 0xF6}, to[] = {0xEC, 0x1EC9, 0x0129, 0xED, 0x1ECB, 0x1EF5, 0x0111, 0x01A1, 0x01B0};
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++)
        if (to_lower(c) == from[i]) return is_capital(c) ? to_upper(to[i]) : to[i];
    return 0;
}

/* One letter of the code at `in`; returns how many characters it took. *ret_known: whether the code has it (ASCII it has). */
static size_t take_letter(enum vietnamese_code code, const int32_t *in, size_t left, int32_t *ret, bool *ret_known)
{
    int32_t found;
    *ret_known = true;
    if (code == VIETNAMESE_VNI && left > 1 && (found = vni_pair(in[0], in[1])) != 0) return *ret = found, 2;
    if (in[0] < 0x80) return *ret = in[0], 1;
    found = code == VIETNAMESE_VNI ? vni_single(in[0]) : tcvn3_letter(in[0]);
    *ret = found ? found : in[0];
    *ret_known = found != 0;
    return 1;
}

/* --- what words say --------------------------------------------------------------------------------------------------------------- */

static bool is_of_word(int32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c > 0xA0 && (c < 0x2000 || c > 0x206F));
}

static bool is_syllable(const int32_t *word, size_t length)
{
    static const char names[12] = {'a', 'A', 'Q', 'e', 'E', 'i', 'o', 'O', 'W', 'u', 'U', 'y'};
    char plain[SYLLABLE_MOST + 1];
    int tone = 0;
    if (length == 0 || length > SYLLABLE_MOST) return false;
    for (size_t i = 0; i < length; i++) {
        int32_t c = to_lower(word[i]);
        int row, own;
        if (find_vowel(c, &row, &own)) {
            if (own && tone) return false;
            if (own) tone = own;
            plain[i] = names[row];
        } else if (c == 0x0111) {
            plain[i] = 'D';
        } else if (c >= 'a' && c <= 'z') {
            plain[i] = (char)c;
        } else {
            return false;
        }
    }
    plain[length] = '\0';
    return syllable_is_good(plain, tone);
}

static bool is_only_unicode(int32_t c)
{
    return (c >= 0x1EA0 && c <= 0x1EF9) || (c >= 0x0300 && c <= 0x036F) || c == 0x0102 || c == 0x0103 || c == 0x0110 || c == 0x0111 || c == 0x0128 || c == 0x0129 ||
           c == 0x0168 || c == 0x0169 || c == 0x01A0 || c == 0x01A1 || c == 0x01AF || c == 0x01B0;
}

static bool is_sign(int32_t c)
{
    return (c >= 0xA1 && c <= 0xBF) || c == 0xD7 || c == 0xF7;
}

/* No word of a language that is written in Latin-1: a sign within letters, or a capital behind a small letter. "Mª" and "Lª" are Spanish too. */
static bool is_impossible(const int32_t *word, size_t length)
{
    if (length == 2 && word[1] == 0xAA) return false;
    for (size_t i = 0; i < length; i++) {
        if (is_sign(word[i]) && length > 1) return true;
        if (i && word[i] >= 0xC0 && is_capital(word[i]) && word[i - 1] >= 'a' && word[i - 1] <= 'z') return true;
    }
    return false;
}

static void look_as(enum vietnamese_code code, const int32_t *word, size_t length, bool plain, struct vietnamese_look *look)
{
    int32_t made[WORD_MOST];
    size_t n = 0;
    bool pairs = false;
    for (size_t at = 0; at < length;) {
        bool known;
        size_t took = take_letter(code, word + at, length - at, &made[n++], &known);
        if (!known) return;
        if (took == 2) pairs = true;
        at += took;
    }
    if (!is_syllable(made, n)) return;
    look->good[code]++;
    if (code == VIETNAMESE_VNI ? !pairs || plain : !is_impossible(word, length)) return;
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint32_t)word[i]) * 16777619u;
    look->strong[code]++;
    look->strong_seen[code] |= UINT64_C(1) << (hash >> 26);
}

static void look_at_word(const int32_t *word, size_t length, bool too_long, struct vietnamese_look *look)
{
    int32_t highest = 0;
    for (size_t i = 0; i < length; i++) {
        if (is_only_unicode(word[i])) {
            look->unicode++;
            look->unicode_good += !too_long && is_syllable(word, length);
            return;
        }
        if (word[i] > highest) highest = word[i];
    }
    if (highest < 0x80) return;
    if (highest > 0xFF) {
        look->other++;
        return;
    }
    look->words++;
    if (too_long) return;
    bool plain = is_syllable(word, length);
    look->plain += plain;
    look->signs += is_impossible(word, length);
    look_as(VIETNAMESE_TCVN3, word, length, plain, look);
    look_as(VIETNAMESE_VNI, word, length, plain, look);
}

void vietnamese_look_at(const char *text, struct vietnamese_look *look)
{
    int32_t word[WORD_MOST];
    size_t length = 0;
    bool too_long = false;
    for (const char *p = text;;) {
        bool end = !*p;
        int32_t c = end ? 0 : text_next(&p);
        if (!end && c > 0 && is_of_word(c)) {
            if (length < WORD_MOST) word[length++] = c;
            else too_long = true;
            continue;
        }
        if (length) look_at_word(word, length, too_long, look);
        length = 0;
        too_long = false;
        if (end) return;
    }
}

bool vietnamese_is_syllable(const char *word)
{
    int32_t letters_of[SYLLABLE_MOST];
    size_t length = 0;
    for (const char *p = word; *p;) {
        if (length == SYLLABLE_MOST) return false;
        letters_of[length++] = text_next(&p);
    }
    return is_syllable(letters_of, length);
}

/* --- whole texts ------------------------------------------------------------------------------------------------------------------ */

static bool is_of_windows(int32_t c)
{
    return c == 0xA0 || (c >= 0x2010 && c <= 0x203A) || c == 0x20AC || c == 0x2122;
}

bool vietnamese_is_within(enum vietnamese_code code, const char *text)
{
    for (const char *p = text; *p;) {
        int32_t here[2] = {text_next(&p), 0};
        const char *behind = p;
        if (*behind) here[1] = text_next(&behind);
        int32_t made;
        bool known;
        if (here[0] >= 0 && here[0] < 0x80 && code == VIETNAMESE_TCVN3) continue;
        size_t took = take_letter(code, here, here[1] > 0 ? 2 : 1, &made, &known);
        if (!known && !is_of_windows(here[0])) return false;
        if (took == 2) p = behind;
    }
    return true;
}

static size_t put_letter(char *out, int32_t c)
{
    if (c < 0x80) return out[0] = (char)c, 1;
    if (c < 0x800) return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), 2;
    if (c < 0x10000) return out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 0x3F)), out[2] = (char)(0x80 | (c & 0x3F)), 3;
    return out[0] = (char)(0xF0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 0x3F)), out[2] = (char)(0x80 | (c >> 6 & 0x3F)), out[3] = (char)(0x80 | (c & 0x3F)), 4;
}

char *vietnamese_convert(struct arena *arena, enum vietnamese_code code, bool capitals, const char *text)
{
    char *out = arena_alloc(arena, strlen(text) * 2 + 1); /* two bytes become three at most */
    size_t n = 0;
    if (!out) return NULL;
    for (const char *p = text; *p;) {
        int32_t here[2] = {text_next(&p), 0}, made;
        const char *behind = p;
        bool known;
        if (here[0] < 0) continue;
        if (*behind) here[1] = text_next(&behind);
        size_t took = take_letter(code, here, here[1] > 0 ? 2 : 1, &made, &known);
        if (took == 2) p = behind;
        n += put_letter(out + n, capitals ? to_upper(made) : made);
    }
    out[n] = '\0';
    return out;
}
