from importlib import import_module
for n in ('excel', 'pdf'):
    import_module(f'.{n}', __name__)
