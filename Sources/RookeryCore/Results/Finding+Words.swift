/// The words of findings, made where they are read and in the spelling of settings that its reader types.
///
/// A sampler that finds something new adds its sentence here. A finding without one still says its code and its numbers.
extension Finding: CustomStringConvertible {
  /// What was seen, with its numbers, and what would help.
  public var message: String { savedWords ?? sentence ?? bareWords }

  public var description: String { message }

  /// Nil for a code that this version does not know.
  var sentence: String? {
    sentenceOfRecords ?? sentenceOfPriors ?? sentenceOfLivePoints ?? sentenceOfDraws ?? sentenceOfPredictions
      ?? sentenceOfWorkers ?? sentenceOfTroubles
  }

  private var bareWords: String {
    let facts =
      numbers.isEmpty ? "" : ": " + numbers.map { "\($0.name) \(short($0.value))" }.joined(separator: ", ")
    let advice = remedies.isEmpty ? "" : "; see \(remedies.map(\.description).joined(separator: ", "))"
    return code + facts + advice
  }

  /// What a record tells, whichever sampler left it.
  private var sentenceOfRecords: String? {
    switch code {
    case "few-effective-samples":
      return
        "the effective sample size is only \(grouped(wholeOf: value("effective_size"))): means and intervals are rough;"
        + " use more live points"
    case "live-points-carry":
      return
        "the points still alive at the end carry \(whole(100 * value("share"))) % of the posterior, and a few of them most of that:"
        + " the run stopped too early for its means and effective sample size; go on to less remaining evidence (\(setting(.dlogz)))"
    case "insertion-ranks":
      let place = number("over_whole_run") == 1 ? "over the whole run" : "in one stretch of the run"
      return
        "new points did not come in evenly among the live ones \(place) (insertion ranks, p = \(scientific(value("p"), digits: 0))): "
        + "log Z and its error may be off; use longer chains (twice \(setting(.slices)) or \(setting(.walks))) or more live points and"
        + " compare"
    case "few-alive":
      return
        "at times only \(whole(value("alive"))) points were alive, few for \(whole(value("dimensions"))) dimensions: modes may have"
        + " died out; use more live points"
    case "evidence-left":
      let share = value("share")
      return
        "the run was stopped with \(share > 0.995 ? "nearly all" : "about \(fixed(100 * share, 0)) %") of its evidence still to be "
        + "found: it tells little about log Z and nothing about the posterior"
    case "mode-died":
      let place = (1...6).compactMap { number("u\($0)") }.map { fixed($0, 3) }.joined(separator: ", ")
      return
        "a mode that was seen has no points in the result: by the height and widths of its peak (log L = \(fixed(value("log_l"), 2)),"
        + " at (\(place)\(number("u7") == nil ? "" : ", …")) of the unit cube) it may hold \(percent(value("share"))) of the evidence;"
        + " use more live points"
    default: return nil
    }
  }

  /// What first draws tell of the problem.
  private var sentenceOfPriors: String? {
    let (draws, level) = (whole(value("draws")), "\(value("log_l"))")
    let advice = "narrow the prior to where the model exists"
    switch code {
    case "noisy-likelihood":
      let largest = value("largest_difference")
      let size =
        largest.isFinite
        ? "by up to \((100 * largest).rounded() / 100)" : "between a number and minus infinity"
      return
        "the log-likelihood is random: at \(whole(value("differing"))) of \(whole(value("compared"))) points evaluated twice it"
        + " differed \(size). Points count where it came out high by chance, which makes the posterior too wide and log Z uncertain by more"
        + " than its error; let it use the same random numbers at each call, or more of them"
    case "flat-likelihood":
      let same = "all \(draws) points drawn from the prior have the same log-likelihood, \(level)"
      guard let part = number("one_in") else {
        return same
          + ", and so have those that followed: a part of the prior too small to be hit, where it is larger, may not have been seen"
      }
      return same
        + ": a part of the prior smaller than 1 in \(whole(part)) where it is larger may not have been seen"
    case "prior-without-likelihood":
      return "only \(whole(value("found"))) of \(draws) points of the prior have a likelihood; \(advice)"
    case "prior-on-plateau":
      let found = whole(value("found"))
      let start =
        "\(found == 0 ? "none" : "only \(found)") of \(draws) points drawn from the prior \(found < 2 ? "has" : "have") a log-likelihood"
        + " above \(level), which the others share"
      guard let part = number("one_in") else { return "\(start); if it stands for no likelihood, \(advice)" }
      return
        "\(start): either it is the same everywhere, or it stands for no likelihood and there is one in less than 1 in \(whole(part))"
        + " of the prior; \(advice)"
    default: return nil
    }
  }

  /// What samplers with live points see.
  private var sentenceOfLivePoints: String? {
    switch code {
    case "few-lineages":
      return
        "the posterior descends from no more than \(whole(value("founders").rounded())) of the independent draws, as chains hardly get"
        + " from mode to mode: the quoted error of log Z is \((10 * value("error_factor")).rounded() / 10) times what the volumes alone would"
        + " give; use more live points"
    case "chains-lengthened":
      return
        "new points did not come in evenly among the live ones (insertion ranks), so the run began anew with chains of"
        + " \(whole(value("times"))) times the usual length; what is shown is from these alone"
    case "uneven-insertion":
      return
        "new points do not come in evenly among the live ones (insertion ranks, p = \(scientific(value("p"), digits: 1))) even with"
        + " chains of \(whole(value("times"))) times the usual length: the likelihood may be noisy or have parts that chains do not reach;"
        + " try another explorer (\(setting(.explorer))) or more live points"
    case "nothing-above":
      return
        "\(whole(value("pieces"))) pieces of work in a row found no point above log L = \(value("log_l")); the likelihood may be noisy"
        + " or have a spike; try another explorer (\(setting(.explorer))) or more live points"
    case "targets-missed":
      return
        "\(whole(value("batches"))) batches did not reach the targets; use larger batches (\(setting(.batch)))"
    case "nothing-to-ask": return "the sampler has nothing more to ask for"
    default: return nil
    }
  }

  /// What draws from a fitted density tell of it.
  private var sentenceOfDraws: String? {
    let other = "\(setting(.method))"
    switch code {
    case "heavy-tail":
      return "the largest importance weights fall off so slowly that log Z and its error cannot be relied on"
        + " (Pareto k = \(fixed(value("pareto_k"), 2)) of \(whole(value("weights"))) weights, above \(fixed(value("limit"), 2))):"
        + " the posterior is infinite somewhere or has parts that no fit reaches; use \(other)"
    case "fit-falls-short":
      return
        "\(whole(value("drawn"))) points drawn from the fitted density are worth \(whole(value("effective_size"))) independent ones;"
        + " the posterior is too narrow, bent or split for it: use \(other), or more live points"
    case "uncertain-evidence":
      return
        "log Z is uncertain by \(fixed(value("error"), 2)): the bounds and fits hardly ever hit the posterior; use \(other), or more"
        + " live points"
    case "poor-outlook":
      return
        "a draw from the fitted density is worth \(scientific(value("efficiency"), digits: 1)) independent ones, so that"
        + " \(grouped(whole(value("calls_left")))) more calls would be needed; \(other) is likely to need"
        + " \(grouped(whole(value("calls_of_live_points"))))"
    default: return nil
    }
  }

  /// What the log-likelihoods of data tell of predictions.
  private var sentenceOfPredictions: String? {
    let share = "\(whole(value("data"))) of \(whole(value("all"))) data"
    let datum = "datum \(whole(value("datum"))), counted from 0"
    switch code {
    case "influential-data":
      return
        "\(share) weigh so much that the draws say little of the posterior without them (Pareto k = \(fixed(value("pareto_k"), 2)) of"
        + " \(datum), above \(fixed(value("limit"), 2))): elpd_loo cannot be relied on; sample again without each of them, or look"
        + " for what the model does not allow for"
    case "few-draws-to-predict":
      return
        "\(whole(value("draws"))) draws are too few to tell whether elpd_loo can be relied on; take a thousand"
    case "waic-variance":
      return
        "the log-likelihood of \(share) varies by more than \(fixed(value("limit"), 1)) over the posterior (variance"
        + " \(fixed(value("variance"), 2)) of \(datum)): elpd_waic may be off; use leave-one-out"
    case "pointwise-not-the-whole":
      return
        "the sum of the log-likelihoods of the data differs from the run's log-likelihood by what changes from draw to draw, by up to"
        + " \(short(value("spread"), digits: 3)): the run's has terms of no datum, or one of the two is not of this model"
    default: return nil
    }
  }

  /// What a finding from a file lacks is not a number.
  private func value(_ name: String) -> Double { number(name) ?? .nan }

  private func whole(_ value: Double) -> Int { Int(saturating: value) }

  /// The setting as the finding advises it.
  private func setting(_ name: SettingName) -> SettingName { remedies.first { $0.key == name.key } ?? name }
}
