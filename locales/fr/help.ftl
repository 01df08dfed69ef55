# L’aide : le menu des sujets, et ce qui entoure un article. Les articles sont dans topics.ftl.

help-title = <b>Aide : {$service} sur {$place}</b>
help-ask = Choisissez un sujet, ou écrivez-moi votre question en quelques mots.
help-secrets = 🔒 Je ne demande jamais de mot de passe ni de numéro de carte. Le code reçu par e-mail ne se tape que dans cette conversation : ne le donnez à personne.
help-operator = Ce guichet est tenu par {$operator}, et non par {$service}. Une question ? {$contact}
help-operator-is-service = Ce guichet est tenu par le service {$service} lui-même : {$operator}. Une question ? {$contact}

help-offered = <b>Est-ce l’un de ces sujets ?</b>
    Sinon, posez la question autrement, ou parcourez tous les sujets.
# Affiché en tête d’écran.
help-nothing-found = Désolé, je n’ai pas d’article là-dessus, ou je n’ai pas compris. Essayez avec d’autres mots, ou choisissez un sujet ci-dessous.

help-was-it-helpful = <i>Cet article vous a-t-il été utile ?</i>
button-helpful = 👍 Oui
button-not-helpful = 👎 Non
help-comment = <b>« {$title} » : que manquait-il ?</b>
    Si vous voulez, dites-le en une phrase ou deux. Je ne garde que le texte, le sujet et le jour : ni votre nom, ni votre compte.
button-skip = Passer
button-topics = Tous les sujets
# Affiché au-dessus de la conversation ou en tête d’écran.
help-thanks = Merci ! Cela nous aide à mieux répondre.

# Les mots qui n’apprennent rien sur le sujet d’une question écrite ; on ne les compare pas. Minuscules ; une lettre seule ne compte jamais.
help-small-words = le la les un une des du de au aux ce cet cette ces ça cela et ou où mais donc or ni car que qui quoi quel quelle quels quelles qu est es suis sont être était ai as avons avez ont avoir il elle ils elles on nous vous je tu me te se mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ne pas plus non oui si dans sur sous pour par avec sans en chez comment pourquoi quand combien peut peux pouvez puis faire fait faut dois doit veux voudrais aimerais merci bonjour salut svp plaît encore alors tout tous toute toutes bien très mal aussi ici là
