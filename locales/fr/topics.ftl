# Les articles d’aide, dans l’ordre du menu. Pour en ajouter un, écrire un bloc de cette forme dans les trois langues :
#   topic-NOM        l’article, un écran de texte ; NOM en minuscules, chiffres et _
#   .title           ce que porte son bouton : 20 caractères au plus
#   .questions       ce que les gens demandent à ce sujet, une question par ligne : une question écrite leur est comparée
# Les boutons sous l’article (.leads) et les variables possibles sont décrits dans le fichier anglais, en/topics.ftl.

topic-about =
    <b>{$service} et ce guichet</b>

    {$service}, c’était le système de paiement du groupe Alibaba pour acheter sur AliExpress, Taobao et Alibaba. Votre compte s’est ouvert tout seul à votre premier achat, que vous l’ayez remarqué ou non. On pouvait payer en {$currency_count} devises, par Visa, Mastercard ou portefeuille électronique.

    Le service a fermé à la clientèle, mais votre compte, vos paiements et votre solde éventuel sont toujours là. Ici, vous pouvez :
    • voir ce qui a fermé et quand : /status
    • parcourir vos paiements : /history
    • détacher vos cartes : /cards
    • retrouver l’accès après un mot de passe oublié : /reset

    /signin vous connecte avec un code reçu par e-mail, /cancel abandonne l’étape en cours, /signout ferme la session.
    .title = Le service
    .questions =
        C’est quoi, {$service} ?
        À quoi sert ce bot ?
        Est-ce que j’ai un compte sans le savoir ?
        À qui appartenait ce système de paiement, à Alibaba ?
        Quelles commandes existent ?

topic-closure =
    <b>Ce qui a fermé, ce qui marche encore</b>

    {$service} sur {$place} a fermé à la clientèle le {$closed}. Depuis, on ne peut plus ouvrir de compte, recharger le solde ni lier de carte.

    Restent possibles :
    • dépenser votre solde en achats
    • le retirer sur votre propre carte
    • voir vos paiements
    • détacher vos cartes
    • choisir un nouveau mot de passe

    Pour continuer vos achats, vous n’avez pas besoin du service : sur {$place}, payez directement avec la carte ou le portefeuille électronique de votre choix. « Ce qui a fermé » donne chaque point avec sa date et, une fois votre session ouverte, ce qu’il vous reste à faire.
    .title = La fermeture
    .questions =
        Pourquoi {$service} a-t-il fermé ?
        Depuis quand est-ce fermé ?
        Qu’est-ce qui marche encore après la fermeture ?
        Que devient mon compte ?
        Le service va-t-il rouvrir ?

topic-register =
    <b>Ouvrir un compte</b>

    {$service} n’accepte plus de nouveaux clients depuis le {$register_stopped}. Personne ne peut ouvrir un compte pour vous, pas même ce guichet ; si quelqu’un vous le propose, contre de l’argent ou par gentillesse, c’est à vos données qu’il en veut.

    Pour acheter sur {$place}, vous n’en avez pas besoin : au moment de payer, choisissez une carte ou un portefeuille électronique.

    Vous avez peut-être déjà un compte : il s’ouvrait automatiquement au premier achat, avec l’adresse e-mail que vous utilisez sur {$place}. Pour le savoir, connectez-vous ici avec cette adresse : s’il y a un compte, un code arrive.
    .title = Ouvrir un compte
    .questions =
        Comment m’inscrire ?
        Je voudrais créer un compte
        Puis-je encore ouvrir un nouveau compte ?
        L’inscription est-elle possible ?
        Comment devenir client ?

topic-sign_in =
    <b>Se connecter</b>

    L’adresse e-mail de votre compte {$service} suffit, sans mot de passe :
    1. Touchez « Se connecter » et écrivez-moi l’adresse.
    2. Ouvrez l’e-mail reçu et tapez ici le code de 8 chiffres.

    Le code est valable {$code_minutes} minutes, une seule fois, dans cette conversation seulement. Vous avez {$code_tries} essais.

    Rien n’arrive ? Vérifiez l’orthographe de l’adresse et le dossier des indésirables ; au bout d’une minute, vous pouvez demander un nouveau code. Toujours rien ? C’est qu’il n’y a pas de compte à cette adresse : essayez celle que vous utilisez sur {$place}.

    Après {$idle_minutes} minutes de silence, ou {$session_hours} heures au plus, je ferme la session pour protéger votre compte.
    .title = La connexion
    .questions =
        Comment me connecter ?
        Je ne reçois pas le code
        Le code est faux ou a expiré
        Pourquoi ai-je été déconnecté ?
        Accéder à mon compte
        Je n’ai plus accès à cette adresse e-mail

topic-password_reset =
    <b>Mot de passe oublié</b>

    À ce guichet, vous n’en avez pas besoin : un code reçu par e-mail suffit. Si vous en voulez un nouveau, envoyez /reset :
    1. Écrivez-moi l’adresse e-mail de votre compte.
    2. Recopiez les chiffres de l’image (le captcha), ou faites plutôt un petit calcul : cela arrête les robots.
    3. Ouvrez dans les {$link_minutes} minutes le lien reçu par e-mail et choisissez le mot de passe sur notre page : {$password_length} caractères ou plus. Quelques mots ordinaires à la suite se retiennent bien et se devinent mal.

    Ne tapez jamais de mot de passe dans cette conversation : ni {$operator} ni moi ne vous le demanderons.

    Votre mot de passe {$place}, lui, se change sur {$place}, par le lien « Mot de passe oublié ».
    .title = Mot de passe oublié
    .questions =
        J’ai oublié mon mot de passe
        J’ai perdu mon mot de passe
        Comment réinitialiser ou récupérer le mot de passe ?
        Le lien de réinitialisation ne marche pas
        Changer de mot de passe
        À quoi sert le captcha ?

topic-link_card =
    <b>Lier une carte</b>

    {$service} ne lie plus de cartes depuis le {$link_card_stopped}, et personne ne peut faire d’exception, pas même ce guichet. Une carte détachée ne peut pas revenir non plus.

    Ce n’est pas nécessaire : au moment de la commande sur {$place}, payez simplement avec la carte ou le portefeuille électronique de votre choix.

    N’envoyez jamais de numéro de carte ici, s’il vous plaît. Si cela arrive, j’efface le message et n’en garde rien.

    Les cartes liées avant la fermeture sont toujours là : « Mes cartes » les montre et permet de les détacher.
    .title = Lier une carte
    .questions =
        Comment lier une carte ?
        Puis-je ajouter une nouvelle carte Visa ou Mastercard ?
        Ma carte a été remplacée, comment rattacher la nouvelle ?
        Pourquoi ne puis-je pas associer ma carte ?

topic-unlink_card =
    <b>Détacher une carte</b>

    1. Connectez-vous et ouvrez « Mes cartes ».
    2. Touchez la carte ; vous la reconnaissez à ses quatre derniers chiffres.
    3. Confirmez. Les cartes se détachent une par une, avec une confirmation pour chacune.

    { $record ->
        [upstream] Votre demande est enregistrée et transmise au service {$service}, qui détache la carte.
       *[guichet] La carte est détachée aussitôt.
    } Vous recevez une référence ici et par e-mail : conservez-la.

    C’est définitif : on ne peut plus lier de carte. La carte elle-même reste valable, pour votre banque comme sur {$place}. Si le compte est bloqué, faites-le d’abord débloquer.

    Cela se fait aussi sur {$place}, dans « Mon compte », là aussi avec une confirmation pour chaque carte.
    .title = Détacher une carte
    .questions =
        Comment détacher une carte ?
        Comment supprimer ou retirer ma carte Visa du compte ?
        Enlever une carte
        J’ai perdu ma carte
        Peut-on annuler un détachement ?

topic-pay =
    <b>Payer avec le solde</b>

    Ce qui reste sur votre solde {$service} peut servir à vos achats :
    1. Connectez-vous sur {$place} comme d’habitude et choisissez vos articles.
    2. Au moment de payer, choisissez {$service} comme moyen de paiement.

    Le paiement se fait là-bas, jamais ici : je peux vous montrer votre solde, pas le dépenser.

    Le solde ne suffit pas, ou il est épuisé ? Payez avec la carte ou le portefeuille électronique de votre choix : pas besoin de compte {$service}.

    Le solde ne vous est pas proposé ? Vérifiez dans « Ce qui a fermé » que le compte n’est pas bloqué, puis écrivez à {$service_contact}.
    .title = Payer
    .questions =
        Comment payer avec mon solde ?
        Dépenser l’argent qui reste
        Avec quelles cartes payer sur {$place} ?
        Puis-je encore acheter ?
        Mon paiement a échoué

topic-top_up =
    <b>Recharger le solde</b>

    Le solde ne se recharge plus depuis le {$top_up_stopped} : ni par carte, ni par virement, ni par un intermédiaire. Si quelqu’un vous promet de le faire, ne lui envoyez pas d’argent : il serait perdu.

    Pour de nouveaux achats, pas besoin de solde : sur {$place}, payez directement avec la carte ou le portefeuille électronique de votre choix.

    Ce qu’il y avait sur votre solde {$service} avant la fermeture reste à vous : dépensez-le en achats, ou retirez-le sur votre propre carte. Une fois votre session ouverte, « Ce qui a fermé » en donne le montant.
    .title = Recharger
    .questions =
        Comment recharger mon solde ?
        Puis-je ajouter de l’argent sur mon compte ?
        Faire un dépôt ou un virement vers le compte
        Mon solde est vide, comment l’alimenter ?

topic-withdraw =
    <b>Retirer le solde</b>

    Ce qui reste peut être retiré sur votre propre carte, c’est-à-dire une carte à votre nom. C’est {$service} qui le fait, pas ce guichet :
    1. Voyez ici, dans « Ce qui a fermé », combien il reste et si le compte est ouvert. S’il est bloqué, faites-le d’abord débloquer.
    2. Connectez-vous sur {$place} et ouvrez « Mon compte » : le solde et vos cartes s’y trouvent.
    3. Si le retrait ne vous y est pas proposé, écrivez à {$service_contact} depuis l’adresse e-mail de votre compte.

    Avant de détacher votre dernière carte, demandez-vous si elle ne servira pas au retrait : vous ne pourrez plus la lier.

    Il n’y a jamais de frais à payer d’avance. Si quelqu’un en réclame, ou veut le code de votre carte, c’est une escroquerie.
    .title = Retirer le solde
    .questions =
        Comment retirer mon argent ?
        Récupérer mon solde
        Virer le solde sur ma carte bancaire
        Combien de temps prend un retrait ?
        Y a-t-il des frais ?

topic-history =
    <b>Vos paiements</b>

    Connectez-vous et ouvrez « Mes paiements » : du plus récent au plus ancien, huit par page. Touchez un numéro pour voir le détail : vendeur, jour et heure, état, carte ou solde utilisé, référence.

    Les états :
    • réglé : le vendeur a reçu l’argent
    • en attente : pas encore réglé
    • remboursé : l’argent vous a été rendu
    • échoué : rien n’a été débité

    {$service} montre la même chose sur {$place}, dans « Historique des paiements ». Un paiement manque, ou vous n’en reconnaissez pas un ? Écrivez à {$service_contact} avec sa référence, mais sans numéro de carte.
    .title = Historique
    .questions =
        Où voir mes paiements ?
        Que veut dire « en attente » ?
        Je ne reconnais pas un paiement
        Un paiement manque dans l’historique
        Où trouver la référence ou un reçu ?

topic-currencies =
    <b>Devises et moyens de paiement</b>

    Les comptes {$service} existent en {$currency_count} devises : {$currencies}.

    Vous pouvez avoir un solde dans plusieurs d’entre elles ; chacun s’affiche à part, et je ne convertis rien. Un paiement apparaît dans la devise où il a été fait.

    Si votre carte est dans une autre devise, votre banque convertit à son propre taux, parfois avec des frais : renseignez-vous auprès d’elle.

    Les moyens de paiement étaient les cartes Visa et Mastercard et les portefeuilles électroniques. Sur {$place}, ils servent toujours, directement au moment de la commande.
    .title = Devises
    .questions =
        Quelles sont les devises possibles ?
        Puis-je payer en euros, en dollars ou en roubles ?
        Quel est le taux de change ?
        Pourquoi ai-je plusieurs soldes ?
        Les portefeuilles électroniques sont-ils acceptés ?

topic-refund =
    <b>Remboursements</b>

    Un remboursement se décide là où vous avez acheté : sur {$place}, avec le vendeur. Ouvrez-y la commande et demandez-le ; si le vendeur ne répond pas, ouvrez un litige.

    En règle générale, l’argent revient par où il est parti : sur la carte utilisée, ou sur le solde {$service}. La banque peut mettre quelques jours à l’afficher.

    Ici, dans « Mes paiements », ce paiement porte alors la mention « remboursé ». Je montre l’état ; je ne peux ni lancer ni accélérer un remboursement.

    Le vendeur est d’accord, mais l’argent ne peut pas arriver, parce que la carte a expiré ou que le compte est bloqué ? Écrivez à {$service_contact} avec la référence du paiement.
    .title = Remboursements
    .questions =
        Comment me faire rembourser ?
        Ma commande n’est pas arrivée, je veux récupérer mon argent
        Où est passé mon remboursement ?
        La carte à rembourser a expiré
        Comment ouvrir un litige ?

topic-unlock =
    <b>Compte bloqué</b>

    Seul {$service} bloque et débloque les comptes, le plus souvent pour protéger leurs titulaires. Ce guichet ne peut pas lever un blocage et n’en voit pas la raison.

    En attendant, vous pouvez voir votre compte et vos paiements, mais rien ne peut y être modifié : impossible de détacher une carte ou d’utiliser le solde.

    Pour le faire débloquer, écrivez à {$service_contact} depuis l’adresse e-mail de votre compte et demandez la raison. On peut vous demander qui vous êtes, mais jamais un mot de passe, un code ou un numéro de carte entier.

    Une fois votre session ouverte, « Ce qui a fermé » dit si votre compte est bloqué.
    .title = Compte bloqué
    .questions =
        Mon compte est bloqué
        Comment débloquer mon compte ?
        Pourquoi mon compte est-il gelé ou suspendu ?
        Lever le blocage

topic-delete_account =
    <b>Supprimer vos données ou votre compte</b>

    Ce sont deux choses différentes.

    <b>Ce que ce bot garde de notre conversation</b> : /forget l’efface. /privacy dit ce qui est gardé, et combien de temps. Cela ne touche pas à votre compte {$service}.

    <b>Le compte {$service} lui-même</b> : seul le service peut le fermer. D’abord, dépensez ou retirez le solde, détachez vos cartes et notez les références utiles ; ensuite, écrivez à {$service_contact} depuis l’adresse e-mail du compte. Il est rattaché à votre identifiant {$place} : demandez ce qui disparaîtrait avec lui.

    Vous voulez seulement ne plus vous en servir ? Il n’y a rien d’autre à faire : sans carte ni solde, il n’y a plus rien à y prendre.
    .title = Supprimer le compte
    .questions =
        Comment supprimer mon compte ?
        Effacer mes données personnelles
        Fermer définitivement le compte
        Que gardez-vous sur moi ?
        Clôturer mon compte

topic-security =
    <b>Se protéger des escrocs</b>

    🔒 Personne, ni à ce guichet ni chez {$service}, ne vous demande un mot de passe ou un numéro de carte : ni ici, ni au téléphone, ni par e-mail.

    • Le code reçu par e-mail ne se tape que dans cette conversation, si vous l’avez demandé. L’e-mail dit quel compte Telegram l’a demandé : si ce n’est pas le vôtre, ne faites rien.
    • Les pages du service sont sur {$hosts}. Vérifiez l’adresse avant de vous connecter.
    • Un message ou un lien louche ? Transférez-le-moi avec /official.
    • Ce guichet est tenu par {$operator} : {$contact}. Un autre nom, un autre bot, quelqu’un qui vous écrit le premier : ce n’est pas nous.
    • Frais d’avance, « déblocage payant », « solde doublé » : c’est toujours une escroquerie.

    Vous avez confié quelque chose à un inconnu ? Fermez dans /sessions ce qui n’est pas à vous, changez le mot de passe avec /reset, appelez votre banque pour la carte et écrivez-nous.
    .title = Sécurité
    .questions =
        Ce bot est-il sûr ?
        Quelqu’un m’a demandé mon code ou mon mot de passe
        Comment reconnaître une arnaque ou un escroc ?
        Ce lien ou ce message est-il authentique ?
        Quels sont les sites officiels ?
        Je crois qu’on a piraté mon compte
        Est-ce du hameçonnage (phishing) ?

topic-human =
    <b>Parler à quelqu’un</b>

    Je suis un programme : rapide pour les questions courantes, perdu devant les cas particuliers. Pour ceux-là, il y a de vraies personnes.

    { $official ->
        [yes] Ce guichet est tenu par le service {$service} lui-même : {$operator}, {$contact}. On peut y examiner votre compte et prendre une décision.
       *[no] Ce guichet est tenu par {$operator}, et non par {$service} : {$contact}. On vous y aide pour tout ce qui touche au guichet. Ce que seul le service peut décider (un blocage, un retrait, la fermeture d’un compte), demandez-le à {$service_contact}.
    }

    Écrivez depuis l’adresse e-mail de votre compte. Dites ce que vous vouliez, ce qui s’est passé et quel jour, avec la référence si vous en avez une. Ni mot de passe, ni code, ni numéro de carte : pour vous aider, personne n’en a besoin.
    .title = Parler à quelqu’un
    .questions =
        Je veux parler à un humain
        Comment joindre un conseiller ou l’assistance ?
        Qui tient ce guichet ?
        Où faire une réclamation ?
        Quel est votre numéro de téléphone ou votre adresse ?

topic-language =
    <b>La langue</b>

    Je parle français, russe et anglais. Au début, je suis la langue de votre Telegram ; une fois que vous avez choisi, votre choix vaut partout : écrans, e-mails, menu des commandes.

    Pour en changer, touchez « Langue » ci-dessous ou envoyez /language, où que vous soyez. L’étape en cours vous attend.

    Les noms des vendeurs et ce que vous écrivez vous-même ne sont pas traduits.
    .title = Changer de langue
    .questions =
        Comment changer de langue ?
        Parlez-vous russe ou anglais ?
        Je préfère le français
        Le bot répond dans la mauvaise langue
