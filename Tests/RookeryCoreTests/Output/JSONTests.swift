import Foundation
import Testing

@testable import RookeryCore

@Suite struct JSONTests {
  private static let value = JSON.object([
    ("text", .string("a \"b\" \\ \n\t\r\u{1} é \u{1F52D}")), ("number", .number(0.1)),
    ("minus", .number(-1e-300)),
    ("integer", .integer(.min)), ("unsigned", .unsigned(.max)), ("yes", .bool(true)), ("no", .bool(false)),
    ("nothing", .null), ("list", .array([.integer(1), .array([]), .object([])])), ("nan", .number(.nan)),
  ])

  @Test func isWhatOthersReadAsSuch() throws {
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(Self.value.text.utf8)) as? [String: Any])
    #expect(object["text"] as? String == "a \"b\" \\ \n\t\r\u{1} é \u{1F52D}")
    #expect(object["number"] as? Double == 0.1 && object["minus"] as? Double == -1e-300)
    #expect(object["integer"] as? Int == .min && object["unsigned"] as? UInt64 == .max)
    #expect(object["yes"] as? Bool == true && object["no"] as? Bool == false)
    #expect(object["nothing"] is NSNull && object["nan"] is NSNull)
    #expect((object["list"] as? [Any])?.count == 3)
    #expect(!Self.value.text.contains("\n"))
  }

  @Test func comesBackAsItWas() throws {
    for text in [Self.value.text, Self.value.lines] {
      let back = try JSON(parsing: text)
      #expect(back.text == Self.value.text)
      #expect(back["integer"]?.integer == .min && back["unsigned"]?.unsigned == .max)
      #expect(back["number"]?.number == 0.1 && back["yes"]?.bool == true && back["no"]?.bool == false)
      #expect(back["list"]?.elements?.count == 3 && back["missing"] == nil)
    }
  }

  @Test(arguments: [
    (#""\u0041\u00e9\ud83d\udd2d\/\b\f""#, "Aé\u{1F52D}/\u{8}\u{c}"), (#" "" "#, ""),
  ])
  func wordsOfOtherWriters(_ text: String, _ expected: String) throws {
    #expect(try JSON(parsing: text).string == expected)
  }

  @Test(arguments: [
    "", "{", "}", "[1,]", "{\"a\":}", "{\"a\" 1}", "tru", "nul", "\"", "\"\\x\"", "1 2", "--1", "[1 2]",
    "{1:2}",
    "nan",
  ])
  func whatIsNoneIsRefused(_ text: String) {
    #expect(throws: WireError.self) { try JSON(parsing: text) }
  }

  @Test func depthHasALimit() {
    #expect(throws: WireError.self) { try JSON(parsing: String(repeating: "[", count: 100_000)) }
  }

  @Test func numbersWithoutEndHaveWords() throws {
    for value in [Double.infinity, -.infinity, 2.5] {
      #expect(try JSON(parsing: JSON.exact(value).text).number == value)
    }
    #expect(try JSON(parsing: JSON.exact(.nan).text).number?.isNaN == true)
    #expect(
      [.infinity, -.infinity, .nan, 1].map { JSON.exactForPython($0).text } == [
        "Infinity", "-Infinity", "NaN", "1.0",
      ])
  }
}
