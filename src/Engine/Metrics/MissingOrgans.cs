namespace HiEndMae.Engine.Metrics;

/// <summary>What a metric is where an organ is absent from the truth or from the prediction.</summary>
public enum MissingOrgans
{
    /// <summary>An organ in only one of the two maps counts as badly as can be: overlap 0, distance the image's diagonal. Absent from both it is left out of means.</summary>
    Strict,

    /// <summary>As MONAI 1.2: overlap is left out wherever the truth lacks the organ, HD95 wherever either map lacks it; ASSD is infinite and surface Dice 0 where only one has it; absent from both it is left out.</summary>
    Monai,
}
