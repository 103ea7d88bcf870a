#include "core/base/text_syllable.h"

#include <stdlib.h>
#include <string.h>

/* In byte order, for bsearch. */
static const char *const rhymes[] = {
    "Ac", "Am", "An", "Ang", "Ap", "At",
    "E", "Ec", "Ech", "Em", "En", "Eng", "Enh", "Ep", "Et", "Eu",
    "O", "Oc", "Oi", "Om", "On", "Ong", "Op", "Ot",
    "Qc", "Qm", "Qn", "Qng", "Qp", "Qt", "Qu", "Qy",
    "U", "UWc", "UWi", "UWm", "UWn", "UWng", "UWp", "UWt", "UWu", "Ua", "Uc", "Ui", "Um", "Un", "Ung", "Ut", "Uu",
    "W", "Wi", "Wm", "Wn", "Wp", "Wt",
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay",
    "e", "ec", "em", "en", "eng", "eo", "ep", "et",
    "i", "iEc", "iEm", "iEn", "iEng", "iEp", "iEt", "iEu", "ia", "ich", "im", "in", "inh", "ip", "it", "iu",
    "o", "oAc", "oAm", "oAn", "oAng", "oAt", "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay", "oc", "oe", "oen", "oeo", "oet", "oi",
    "om", "on", "ong", "ooc", "oong", "op", "ot",
    "u", "uE", "uEch", "uEn", "uEnh", "uOc", "uOi", "uOm", "uOn", "uOng", "uOt", "uQn", "uQng", "uQt", "uQy", "uW", "ua", "uc", "ui", "um", "un", "ung", "up", "ut", "uy",
    "uyEn", "uyEt", "uya", "uych", "uyn", "uynh", "uyp", "uyt", "uyu",
    "y", "yEm", "yEn", "yEng", "yEt", "yEu",
};
static const char *const rhymes_of_qu[] = {"ych", "yn", "ynh", "yp", "yt"}; /* the u belongs to the onset */
static const char *const onsets[] = {
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "D", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
};

static int compare(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

static bool is_rhyme(const char *text, bool of_qu)
{
    if (bsearch(text, rhymes, sizeof rhymes / sizeof rhymes[0], sizeof rhymes[0], compare)) return true;
    for (size_t i = 0; of_qu && i < sizeof rhymes_of_qu / sizeof rhymes_of_qu[0]; i++)
        if (strcmp(text, rhymes_of_qu[i]) == 0) return true;
    return false;
}

bool syllable_is_good(const char *plain, int tone)
{
    size_t length = strlen(plain);
    char last = length ? plain[length - 1] : '\0';
    bool stops = last == 'c' || last == 'p' || last == 't' || (last == 'h' && length > 1 && plain[length - 2] == 'c');
    if (stops && tone != 4 && tone != 5) return false;
    if (strcmp(plain, "gi") == 0) return true; /* its i is onset and rhyme: gì */
    for (size_t i = 0; i < sizeof onsets / sizeof onsets[0]; i++) {
        size_t n = strlen(onsets[i]);
        if (strncmp(plain, onsets[i], n) == 0 && is_rhyme(plain + n, strcmp(onsets[i], "qu") == 0)) return true;
    }
    return false;
}
