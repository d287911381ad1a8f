def write(trials, out):
    print(len(trials))
