# Les mots communs à tout le guichet. Pas de HTML dans les boutons ni dans les avis.

text-missing = Ce texte manque ; utilisez /menu, s’il vous plaît.

button-menu = Menu
button-back = Retour
button-cancel = Annuler
button-status = Ce qui a fermé
button-history = Mes paiements
button-cards = Mes cartes
button-help = Aide
button-language = Langue
button-reset = Mot de passe oublié
button-sign-in = Se connecter
button-sign-out = Se déconnecter

# Affichés au-dessus de la conversation ou en tête d’écran : 200 caractères, sans HTML.
choose-a-button = Choisissez l’un des boutons sous le message, s’il vous plaît.
stale-button = Ce bouton n’est plus à jour. Voici où nous en sommes.
unknown-command = Je ne connais pas cette commande. Les boutons ci-dessous montrent ce qui est possible ici ; /menu mène à tout le reste.
unreadable = Désolé, je ne lis que le texte : ni photos, ni autocollants, ni fichiers, ni messages vocaux.
card-number-typed = Cela ressemblait au numéro ou au code d’une carte : j’efface le message et n’en garde rien. N’en envoyez jamais ici, s’il vous plaît.
nothing-to-cancel = Il n’y a rien à annuler : vous êtes au menu.
cancelled = C’est annulé. Vous voici de retour au menu.

# En tête du menu.
trouble-here = Désolés, un problème de notre côté a interrompu votre dernière demande. Rien n’a été fait à moitié : réessayez, s’il vous plaît.
trouble-lost-place = Nous avons mis le guichet à jour et perdu le fil de la conversation, désolés. Votre compte n’est pas touché ; reprenez d’ici, s’il vous plaît.

# Plusieurs soldes sur une ligne, et le dernier d’entre eux.
amounts = {$amount} · {$rest}
amount = {$amount}
