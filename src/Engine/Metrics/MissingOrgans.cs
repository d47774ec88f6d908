namespace HiEndMae.Engine.Metrics;

/// <summary>The value of a metric if an organ is missing in the truth or in the prediction.</summary>
public enum MissingOrgans
{
    /// <summary>An organ in only one of the two maps gets the worst value: overlap 0, and the diagonal of the image as distance. An organ in neither map is left out of means.</summary>
    Strict,

    /// <summary>As MONAI 1.2: overlap is left out if the truth lacks the organ, HD95 if either map lacks it. If only one map has it, ASSD is infinite and surface Dice is 0. An organ in neither map is left out.</summary>
    Monai,
}
