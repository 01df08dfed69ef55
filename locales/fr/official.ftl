# Un message ou un lien est-il authentique ? Les adresses sont en <code>, pour que Telegram n’en fasse pas des liens.

button-official = Vérifier un lien

official-title = <b>Est-ce vraiment {$service} ?</b>
official-ask = Transférez-moi le message qui vous intrigue, ou collez son lien ici. N’ouvrez pas ce lien : je ne l’ouvre pas non plus, je lis seulement où il mène.
official-kept = Je ne garde rien de ce que vous envoyez. D’une photo ou d’un fichier, je ne lis que la légende.

official-headline-lookalike = <b>⛔ Ne l’ouvrez pas : c’est une imitation.</b>
official-headline-insecure = <b>⚠️ Attention : ce lien n’est pas protégé.</b>
official-headline-unknown = <b>❔ Je ne peux pas m’en porter garant.</b>
official-headline-official = <b>✅ L’adresse est authentique.</b>
official-more = { $count ->
        [one] Il y a encore un lien, pas pire que ceux-ci.
       *[other] Il y a encore {$count} liens, pas pires que ceux-ci.
    }

# Un lien par ligne.
official-web-official = ✅ <code>{$host}</code> appartient bien à {$service}.
official-web-own = ✅ <code>{$host}</code> est une page de ce guichet.
official-web-insecure = ⚠️ <code>{$host}</code> appartient à {$service}, mais le lien ne commence pas par https : ce que vous y écrivez pourrait être lu en chemin.
official-web-shortened = ❔ <code>{$host}</code> raccourcit les liens : de l’extérieur, on ne voit pas où celui-ci mène.
official-web-numeric = ❔ <code>{$host}</code> est un numéro. Les pages de {$service} ont un nom.
official-web-unknown = ❔ <code>{$host}</code> n’est pas à {$service}. Je n’en sais rien d’autre, ni en bien ni en mal.
official-trick-words = ⛔ Les mots annoncent <code>{$like}</code>, mais le lien qu’ils cachent mène à <code>{$host}</code>.
official-trick-user-info = ⛔ Le lien mène à <code>{$host}</code>. Le nom connu est placé avant un @, où il ne compte pas.
official-trick-letters = ⛔ Cela ressemble à <code>{$like}</code>, mais certaines de ses lettres sont remplacées par d’autres, d’aspect identique. Son vrai nom : <code>{$host}</code>.
official-trick-disguise = ⛔ Ici, <code>{$like}</code> est écrit avec des signes cachés ou déguisés. Un lien authentique ne l’est jamais.
official-trick-sub-domain = ⛔ <code>{$host}</code> est une page de <code>{$owner}</code>, et non de <code>{$like}</code> : c’est la fin du nom qui compte, pas le début.
official-trick-ending = ⛔ <code>{$host}</code> n’est pas <code>{$like}</code> : avec une autre terminaison, le même nom peut être à quelqu’un d’autre.
official-trick-spelling = ⛔ <code>{$host}</code> n’est pas <code>{$like}</code> : regardez bien, l’orthographe diffère un peu.
official-trick-name = ⛔ <code>{$host}</code> contient le nom, mais ce n’est pas <code>{$like}</code> : n’importe qui peut réserver une telle adresse.
official-trick-path = ⛔ Le lien mène à <code>{$host}</code>. <code>{$like}</code> n’y figure que plus loin, là où l’on écrit ce qu’on veut.
official-mail-official = ✅ L’adresse e-mail est chez <code>{$host}</code>, qui appartient à {$service}. Mais un expéditeur, cela se falsifie.
official-mail-own = ✅ L’adresse e-mail chez <code>{$host}</code> est bien celle où écrire. Mais un expéditeur, cela se falsifie.
official-mail-before = ⛔ L’adresse e-mail est chez <code>{$host}</code>. Le nom connu est placé avant le @, où n’importe qui peut le mettre.
official-mail-unknown = ❔ L’adresse e-mail est chez <code>{$host}</code>, qui n’est pas à {$service}.
official-telegram-own = ✅ <code>{$host}</code>, c’est bien ce bot.
official-telegram-lookalike = ⛔ <code>{$host}</code>, ce n’est pas moi : je m’appelle <code>{$like}</code>.
official-telegram-name = ⛔ <code>{$host}</code> porte le nom de {$service}, mais je ne connais pas ce compte. Sur Telegram, n’importe qui peut prendre un tel nom.
official-telegram-unknown = ❔ <code>{$host}</code>, sur Telegram, n’est pas ce guichet. Je n’en sais rien d’autre.

official-advice-lookalike = Ne l’ouvrez pas, ne répondez pas et n’y écrivez rien. Le mieux est d’effacer le message.
official-advice-insecure = N’y écrivez rien. Tapez vous-même l’adresse dans votre navigateur, avec https devant.
official-advice-unknown = C’est peut-être tout à fait inoffensif. Mais si l’on y parle au nom de {$service}, n’y croyez pas : n’y donnez ni mot de passe, ni code, ni numéro de carte.
official-advice-official = Même ainsi, un faux message peut contenir une vraie adresse. S’il vous presse ou demande un secret, laissez-le, et ouvrez la page par vous-même.
official-genuine = {$service} ne se trouve qu’ici : <code>{$hosts}</code>
official-never = 🔒 Ni ce guichet ni {$service} ne vous demandent jamais un mot de passe ou un numéro de carte dans un message. Le code reçu par e-mail ne se tape que dans cette conversation.
official-given-away = Vous y avez déjà écrit quelque chose ? Choisissez tout de suite un nouveau mot de passe : cela ferme aussi toutes les sessions ouvertes sur Telegram. Pour une carte, appelez votre banque. Puis écrivez à {$contact}.

official-nothing = <b>Je n’y vois aucun lien.</b>
official-nothing-advice = Transférez-moi le message entier. Ou gardez le doigt appuyé sur le lien, choisissez « Copier » et collez-le ici. Un message sans lien peut tromper aussi : s’il demande un secret ou de l’argent, ne répondez pas.
