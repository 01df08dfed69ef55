# Ce qui a été fait sur le compte, du plus récent au plus ancien, avec la référence de chaque reçu.

button-activity = Activité
activity-title = <b>Ce qui a été fait sur votre compte</b>
activity-empty = <b>Rien pour l’instant</b>
    Rien n’a été fait ici sur votre compte.
activity-line = • {$moment} : {$action}. <code>{$reference}</code>
activity-not-you = Vous ne reconnaissez pas l’une de ces lignes ? Écrivez à {$contact} en citant la référence qui la termine.

activity-signed-in = connexion depuis Telegram
activity-signed-out = déconnexion
activity-session-ended = fin de session
activity-session-ended-elsewhere = session fermée depuis une autre conversation
activity-code-voided = plusieurs mauvais codes saisis, code annulé
activity-reset-asked = lien demandé pour un nouveau mot de passe
activity-reset-refused = lien demandé pour un nouveau mot de passe, mais refusé
activity-password-changed = mot de passe changé
activity-password-recorded = changement de mot de passe enregistré
activity-card-removed = carte détachée
activity-card-recorded = détachement d’une carte enregistré
activity-account-shown = compte consulté par l’équipe de ce guichet
activity-account-locked = compte bloqué par l’équipe de ce guichet
activity-account-unlocked = compte débloqué par l’équipe de ce guichet
activity-sessions-ended = toutes les sessions fermées par l’équipe de ce guichet
activity-account-erased = compte effacé par l’équipe de ce guichet
activity-other = autre : {$action}
