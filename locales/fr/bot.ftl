# Ce que Telegram montre du bot : nom, descriptions, menu des commandes. Texte simple. La réponse dans les groupes.

# Limites de Telegram : 64 caractères, 512, 120.
bot-name = Guichet des clients {$service}
bot-description = {$service} sur {$place} a fermé à la clientèle. Ici, vous pouvez voir ce qui a fermé et quand, parcourir vos paiements, détacher vos cartes liées et savoir que faire de votre solde. Vous vous connectez avec un code reçu par e-mail ; je ne demande jamais de mot de passe ni de numéro de carte. /help dit qui tient ce guichet.
bot-short-description = {$service} sur {$place} a fermé : consultez vos paiements, détachez vos cartes, réglez ce qui reste.

command-menu = Menu
command-status = Ce qui a fermé, et mon compte
command-history = Mes paiements
command-activity = Ce qui a été fait sur mon compte
command-cards = Mes cartes liées
command-sessions = Mes sessions ouvertes
command-reset = Nouveau mot de passe
command-signin = Se connecter
command-signout = Se déconnecter
command-help = Aide
command-official = Ce message ou ce lien est-il authentique ?
command-language = Langue
command-privacy = Ce que je garde sur vous
command-mydata = Mes données dans un fichier
command-forget = Tout effacer de cette conversation
command-cancel = Annuler et revenir au menu

group-answer = Votre compte ne regarde que vous : écrivez-moi en privé, s’il vous plaît.
button-private-chat = Conversation privée
