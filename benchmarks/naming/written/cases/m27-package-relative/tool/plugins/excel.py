import xlsxwriter

def write():
    pass
