# L’accueil, le menu et le choix de la langue.

greeting = Bonjour et bienvenue ! Vous êtes au guichet des clients {$service} ; je suis là pour vous aider.

menu-title = <b>Que puis-je faire pour vous ?</b>
what-happened = {$service} sur {$place} a fermé à la clientèle le {$date} : on ne peut plus ouvrir de compte, recharger le solde ni lier de carte. Ce qui reste sur votre solde peut encore servir à vos achats ou être retiré sur votre propre carte.
menu-signed-in = Session ouverte pour le compte {$email}.
menu-not-signed-in = Aucune session ouverte. Connectez-vous pour voir vos paiements et vos cartes.

language-title = <b>Quelle langue préférez-vous ?</b>
    En ce moment : {$language}.
language-set = Désormais, nous parlons français.
language-fr = Français
language-ru = Русский
language-en = English
