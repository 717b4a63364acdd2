from prettytable import PrettyTable


def as_table(rows):
    return PrettyTable(rows)
