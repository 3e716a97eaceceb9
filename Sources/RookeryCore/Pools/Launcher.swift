public enum Launcher { public static let isQuietRank = false }
