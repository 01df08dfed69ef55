# After the final date: the last message of each chat, and the answer to whatever comes after it.

closed-title = <b>The counter for {$service} customers has closed.</b>
closed-erased = After {$date}, the last day, everything I kept about you is erased: your account here, this chat, what was on its way. Thank you for your visits, and all the best!
