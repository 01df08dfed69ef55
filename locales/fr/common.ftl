text-missing = Ce texte manque ; utilisez /menu, s’il vous plaît.
