namespace HiEndMae.Engine.Configuration;

/// <summary>Dice on the validation split during fine-tuning.</summary>
[ConfigSection]
public sealed partial record ValidationConfig
{
    /// <summary>Interval between validations: in epochs if the fine-tuning has epochs, otherwise in steps. The last step is always validated.</summary>
    [Range(1, int.MaxValue)]
    public required int Every { get; init; }

    /// <summary>Number of validations without a better Dice after which the fine-tuning ends; 0 for no early end.</summary>
    [Range(0, int.MaxValue)]
    public int Patience { get; init; }

    /// <summary>Whether evaluation uses the checkpoint of the best Dice instead of the last one.</summary>
    public bool UseBest { get; init; } = true;

    /// <summary>Validation cases used, in the dataset's order; 0 for all.</summary>
    [Range(0, int.MaxValue)]
    public int NumCases { get; init; }

    /// <summary>Overlap of neighbouring windows along each axis, as a fraction of the window.</summary>
    [Range(0, 0.99)]
    public double Overlap { get; init; } = 0.5;

    /// <summary>Whether the mean Dice counts background.</summary>
    public bool IncludeBackground { get; init; } = true;
}
