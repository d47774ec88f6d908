using System.Globalization;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Training.Callbacks;

/// <summary>When a training is validated, and which value is better.</summary>
/// <param name="Every">Interval: in epochs if the training has epochs, otherwise in steps.</param>
/// <param name="Patience">Number of validations without a better value after which the training ends; 0 for no early end.</param>
/// <param name="UseBest">Whether later stages use the best checkpoint.</param>
public sealed record ValidationRule(int Every, int Patience, bool UseBest)
{
    private const string Dice = "mean Dice", Loss = "loss";

    /// <summary>Whether the value is a loss, so that a lower one is better. Otherwise it is a mean Dice.</summary>
    public bool IsLoss { get; init; }

    /// <summary>The rule of a fine-tuning.</summary>
    public static ValidationRule Of(ValidationConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new ValidationRule(config.Every, config.Patience, config.UseBest);
    }

    /// <summary>The rule of a pre-training.</summary>
    public static ValidationRule Of(PretrainValidationConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new ValidationRule(config.Every, config.Patience, config.UseBest) { IsLoss = true };
    }

    /// <summary>Whether a value is better than another.</summary>
    public bool IsBetter(double value, double than) => IsLoss ? value < than : value > than;

    /// <summary>A value with its name, for messages.</summary>
    public string Text(double value) => string.Create(CultureInfo.InvariantCulture, $"{(IsLoss ? Loss : Dice)} {Number(value)}");

    /// <summary>Text of the missing improvement, for the message of an early end.</summary>
    internal string NoBetter(double best) => string.Create(CultureInfo.InvariantCulture, $"{(IsLoss ? "a lower loss" : "a better Dice")} than {Number(best)}");

    internal string Number(double value) => value.ToString(IsLoss ? "G6" : "F4", CultureInfo.InvariantCulture);
}
