# Ce qui est gardé et pourquoi, tout dans un fichier, tout effacer.

button-privacy = Vie privée
button-my-data = Mes données
button-forget = Tout effacer

privacy-title = <b>Ce que je garde, et pourquoi</b>
privacy-chat = • <b>Cette conversation</b> : son numéro, la langue et l’étape où nous en sommes, pour pouvoir vous répondre. Oubliée après {$days} jours sans un mot de vous.
privacy-session = • <b>Votre session</b> : le compte auquel cette conversation est connectée. Elle se ferme après {$minutes} minutes de silence, au plus tard au bout de {$hours} heures ; ses dates et heures sont gardées {$days} jours, au cas où il faudrait vérifier quelque chose.
privacy-code = • <b>Un code demandé</b> : votre adresse e-mail et l’heure, pendant {$minutes} minutes.
privacy-page = • <b>Une page de connexion demandée</b> : votre nom Telegram et l’heure, pendant {$minutes} minutes.
privacy-reset = • <b>Un lien demandé pour le mot de passe</b> : le compte, votre nom Telegram et l’heure, pendant {$hours} heures après la fin de validité du lien.
privacy-limits = • <b>Le nombre d’essais</b>, jusqu’à ce qu’on puisse réessayer librement, et si cette conversation a déjà été connectée à un compte, pendant {$days} jours : sous forme d’empreintes faites avec une clé secrète, sans aucun nom.
privacy-sending = • <b>Ce qui est en route vers vous</b>, jusqu’à son arrivée. Si un envoi n’arrive jamais, il en reste une trace sans contenu ni nom, pendant {$days} jours.
privacy-updates = • <b>Les numéros d’ordre de Telegram</b>, sans aucun lien avec vous, pendant {$hours} heures : ainsi, rien n’est fait deux fois.
privacy-set-aside = • <b>Une conversation que je n’ai pas su relire</b> après une mise à jour du guichet : gardée à part {$days} jours, pour trouver la panne.
privacy-audit = • <b>Ce qui a été fait sur votre compte</b>, sous un numéro et non sous votre nom, pendant {$days} jours : /activity vous le montre.
privacy-account = • <b>Votre compte {$service}</b> : nom, adresse, solde, cartes, paiements et reçus de ce qui y a été fait. Il appartient au service, qui décide combien de temps le garder, et ne mentionne aucune conversation.
privacy-final-date = • <b>Après le {$date}</b>, j’efface votre compte, cette conversation et tout ce que je garde d’autre sur vous.
privacy-never = Je ne garde jamais de mot de passe ni de numéro de carte tapé ici, ni le texte de vos messages, sauf le commentaire que vous laissez sous un article de l’aide, gardé sans votre nom.
privacy-telegram = Telegram garde nos messages de son côté, où vous pouvez les effacer. /mydata vous envoie tout dans un fichier ; /forget efface cette conversation.

data-coming = <b>Vos données arrivent</b>
    Je rassemble tout dans un fichier et vous l’envoie ici. S’il y a vraiment beaucoup de paiements, comptez une minute ou deux.
data-coming-signed-out = <b>Vos données arrivent</b>
    Aucune session n’est ouverte : le fichier ne portera que sur cette conversation. Pour y trouver aussi votre compte, connectez-vous, puis redemandez le fichier avec /mydata.
# Affichés au-dessus de la conversation ou en tête d’écran : 200 caractères, sans HTML.
data-just-sent = Vous avez demandé vos données il y a moins d’une minute : elles sont déjà là ou arrivent. Dans une minute, vous pourrez les redemander.
# Au-dessus de l’écran.
data-failed = Désolé, je n’ai pas réussi à préparer vos données. Demandez-les de nouveau avec /mydata ; si cela se répète, écrivez à {$contact}.
data-still-coming = Vos données sont encore en route. Encore un peu de patience, s’il vous plaît.

# Sous le fichier. Texte simple.
data-caption = Tout ce que je garde sur vous : cette conversation et votre compte. C’est du texte simple, que tout éditeur de texte affiche. Gardez ce fichier pour vous.
data-caption-signed-out = Tout ce que je garde sur cette conversation. Pour y trouver aussi votre compte, connectez-vous, puis redemandez ce fichier avec /mydata.

# Dans le fichier. Texte simple.
data-about = Tout ce que le guichet des clients {$service} garde sur vous. Fichier établi le {$moment}.
data-about-values = Dans les parties ci-dessous, les heures sont en temps universel (UTC) et les montants s’écrivent avec un point décimal.
data-about-signed-out = Aucune session n’était ouverte : votre compte n’est pas dans ce fichier. Pour l’y trouver aussi, connectez-vous, puis redemandez le fichier avec /mydata.
data-part-chat = Cette conversation Telegram : son numéro, sa langue, l’étape où elle en est et le message qui affiche l’écran actuel.
data-part-sessions = Vos sessions ouvertes depuis cette conversation : début, dernière confirmation par code, dernière activité et fin de chacune.
data-part-code-request = Le dernier code de connexion demandé, sans le code lui-même et sans dire si l’adresse a un compte.
data-part-page-request = La dernière page de connexion demandée, sans son lien ni son code.
data-part-on-its-way = Ce qui doit encore vous être envoyé, ce fichier compris. Les codes et les liens par e-mail n’y figurent pas.
data-part-account = Le compte pour lequel votre session est ouverte. Le mot de passe lui-même n’est pas connu ici ; « password_set » dit s’il y en a un.
data-part-balances = Ce qui reste sur le compte, par devise.
data-part-cards = Les cartes liées, et celles qui ont été détachées (« removed_at »).
data-part-events = Ce qui a été changé sur le compte depuis ce guichet.
data-part-receipts = Les reçus qui vous ont été donnés, avec leur référence.
data-part-reset-links = Les liens demandés pour choisir un nouveau mot de passe, sans les liens eux-mêmes.
data-part-payments = Les paiements, du plus récent au plus ancien.
data-left-out = Telegram n’accepte de moi que des fichiers de 50 Mo au plus ; ces paiements plus anciens n’y tenaient pas. /history les montre tous.

forget-title = <b>Effacer tout ce qui touche à cette conversation ?</b>
forget-erased = • Effacés : cette conversation et sa langue, votre session, les codes demandés et ce qui était encore en route vers vous.
forget-stays = • Restent : votre compte auprès du service et les reçus de ce qui y a été fait, sans aucun lien avec cette conversation. Les e-mails qui confirment une chose déjà faite partiront quand même.
forget-telegram = Nos messages sont gardés par Telegram : pour les effacer aussi, choisissez ensuite « Effacer l’historique » dans le menu de cette conversation.
button-forget-confirm = Oui, tout effacer
button-forget-keep = Non, tout garder
forget-kept = Très bien, rien n’a été effacé.
forget-expired = Le délai pour répondre est passé et rien n’a été effacé. Touchez « Tout effacer » pour recommencer.
forgotten = <b>C’est fait : j’ai tout effacé de cette conversation.</b>
    Merci de votre visite et bonne continuation ! Si vous revenez, écrivez /start et nous repartirons de zéro.
forgotten-telegram = Pour effacer aussi nos messages, choisissez « Effacer l’historique » dans le menu de cette conversation.
