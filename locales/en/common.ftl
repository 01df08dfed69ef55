text-missing = This text is missing; please use /menu.
