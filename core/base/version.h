/* The version of all programs; CHANGELOG.md says what is in it. */
#ifndef PLENUM_BASE_VERSION_H
#define PLENUM_BASE_VERSION_H

#define PLENUM_VERSION "0.1.0"

#endif
