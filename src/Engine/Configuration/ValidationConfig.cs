namespace HiEndMae.Engine.Configuration;

/// <summary>Dice on the validation split while fine-tuning.</summary>
[ConfigSection]
public sealed partial record ValidationConfig
{
    /// <summary>Between two validations: epochs where the fine-tuning counts epochs, otherwise steps. The last step is always validated.</summary>
    [Range(1, int.MaxValue)]
    public required int Every { get; init; }

    /// <summary>Validations without a better Dice after which the fine-tuning ends; 0 to go on to the end.</summary>
    [Range(0, int.MaxValue)]
    public int Patience { get; init; }

    /// <summary>Whether evaluation takes the checkpoint of the best Dice, not the last one.</summary>
    public bool UseBest { get; init; } = true;

    /// <summary>Validation cases used, in the dataset's order; 0 for all.</summary>
    [Range(0, int.MaxValue)]
    public int NumCases { get; init; }

    /// <summary>Part of a window that its neighbour covers again, per axis.</summary>
    [Range(0, 0.99)]
    public double Overlap { get; init; } = 0.5;

    /// <summary>Whether the mean Dice counts background.</summary>
    public bool IncludeBackground { get; init; } = true;
}
