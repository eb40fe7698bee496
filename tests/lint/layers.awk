# SPDX-License-Identifier: GPL-2.0-or-later
# Who may include whom: core <- policies, collectors <- engine <- sim <- cli. Within engine and
# sim only the interfaces of policies and collectors may be named, never a concrete one.
BEGIN {
	may["core"] = "core"
	may["policies"] = "core policies"
	may["collectors"] = "core collectors"
	may["engine"] = "core policies collectors engine"
	may["sim"] = "core policies collectors engine sim"
	may["cli"] = "core policies collectors engine sim cli"
}
/^#include "/ {
	split(FILENAME, from, "/")
	header = $2
	gsub(/"/, "", header)
	split(header, to, "/")
	if (index(" " may[from[1]] " ", " " to[1] " ") == 0)
		print FILENAME ":" FNR ": " from[1] " may not include " header
	if ((from[1] == "engine" || from[1] == "sim") && to[1] == "policies" &&
	    header != "policies/policy.h")
		print FILENAME ":" FNR ": only policies/policy.h may be named here, not " header
	if ((from[1] == "engine" || from[1] == "sim") && to[1] == "collectors" &&
	    header != "collectors/collector.h")
		print FILENAME ":" FNR ": only collectors/collector.h may be named here, not " header
}
