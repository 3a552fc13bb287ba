"""The console of the operators: communes, subscriptions, the outbox, prices."""
