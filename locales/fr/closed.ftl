# Après la date finale : le dernier message de chaque conversation, et la réponse à tout ce qui vient ensuite.

closed-title = <b>Le guichet des clients {$service} a fermé.</b>
closed-erased = Le {$date} était le dernier jour. Tout ce que je gardais sur vous est maintenant effacé : votre compte à ce guichet, cette conversation, ce qui était en route. Merci de vos visites et bonne continuation !
