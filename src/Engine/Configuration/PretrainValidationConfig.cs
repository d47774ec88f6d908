using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>The loss on held-out cases during pre-training.</summary>
[ConfigSection]
public sealed partial record PretrainValidationConfig
{
    /// <summary>Interval between validations: in epochs if the pre-training has epochs, otherwise in steps. The last step is always validated.</summary>
    [Range(1, int.MaxValue)]
    public required int Every { get; init; }

    /// <summary>Number of cases of the pre-training split that are held out. Cases of one patient stay together, so there may be a few more.</summary>
    [Range(1, int.MaxValue)]
    public required int NumCases { get; init; }

    /// <summary>Seed of the choice of the held-out cases. It is not the seed of the run, so runs with different seeds hold out the same cases.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>How often each held-out case is drawn. Each draw has as many crops as in training. The crops are the same in every validation.</summary>
    [Range(1, 10_000)]
    public int Draws { get; init; } = 1;

    /// <summary>Number of validations without a lower loss after which the pre-training ends; 0 for no early end.</summary>
    [Range(0, int.MaxValue)]
    public int Patience { get; init; }

    /// <summary>Whether later stages start from the checkpoint of the lowest loss instead of the last one.</summary>
    public bool UseBest { get; init; } = true;

    /// <summary>Name of the part of the loss that decides, such as "reconstruction" of sup. Left out, the whole loss decides.</summary>
    [NotEmpty]
    public string? Term { get; init; }
}
