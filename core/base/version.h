/* The version that every program of the house tells. */
#ifndef PLENUM_BASE_VERSION_H
#define PLENUM_BASE_VERSION_H

#define PLENUM_VERSION "0.1.0"

#endif
