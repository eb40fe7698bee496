/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units; see units.h. */
#include "core/base/units.h"

#include <math.h>

usec_t usec_from_sec(double seconds)
{
	return (usec_t)llround(seconds * 1e6);
}
