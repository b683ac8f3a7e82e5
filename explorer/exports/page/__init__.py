"""A chain as a page: one file of HTML that opens in any browser, offline, with a slider over t."""
