# Addresses have one spelling, which is in each account's mark: portal/actions/keys/marking.py writes them anew, as
# it has the pepper.


def up(migrator, db):
    pass


def down(migrator, db):
    pass
