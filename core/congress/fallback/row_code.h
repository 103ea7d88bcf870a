/* Row codes: what stands beside each name on a printed list, so that what was ticked by hand can be typed afterwards ("K7F3X").
 *
 * Five symbols of twenty-three, the last of them a check; the first is a letter, so that nobody takes a badge number for one. Left out of the alphabet is what
 * looks like another symbol (O, D, Q like 0; I, L like 1; Z like 2; S like 5; B like 8; U like V: typed, they count as that symbol), and what Vietnamese
 * input methods (Telex, VNI) turn into something else while it is typed: all vowels, D, W. Twenty-three is a prime, so that the weighted sum finds
 * every wrong symbol, every two symbols that changed places, and every pair of equal symbols that was mistaken for another pair (as of ISBN-10, ISO 2108).
 *
 * A row code is no secret and opens nothing: it says which row is meant, to staff who are signed in. Pure and thread-safe. */
#ifndef PLENUM_CONGRESS_ROW_CODE_H
#define PLENUM_CONGRESS_ROW_CODE_H

#include <stdint.h>

#define ROW_CODE_LENGTH 5
#define ROW_CODE_SIZE (ROW_CODE_LENGTH + 1)
#define ROW_CODE_SYMBOLS "0123456789CFGHJKMNPRTVX"
#define ROW_CODE_COUNT 158171u /* 13 letters, then three symbols of 23 */

enum row_code_flaw { ROW_CODE_GOOD, ROW_CODE_SHORT, ROW_CODE_LONG, ROW_CODE_STRANGE, ROW_CODE_WRONG };

/* Another code for each index below ROW_CODE_COUNT. */
void row_code_make(uint32_t index, char out[ROW_CODE_SIZE]);

/* What somebody typed: either case, digits of any script, with blanks and hyphens, and look-alikes as above. `out` is written only with ROW_CODE_GOOD.
 * SHORT, LONG: too few or too many symbols; STRANGE: a character that stands in no code; WRONG: the check does not fit. */
enum row_code_flaw row_code_read(const char *typed, char out[ROW_CODE_SIZE]);

/* The index that makes this code; only of a good one. */
uint32_t row_code_index(const char *code);

#endif
