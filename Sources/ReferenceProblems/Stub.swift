internal import RookeryCore
