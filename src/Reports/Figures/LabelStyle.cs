namespace HiEndMae.Reports.Figures;

/// <summary>How a panel draws labels over its image.</summary>
public enum LabelStyle
{
    /// <summary>Half-transparent areas in the colours of the organs.</summary>
    Fill,

    /// <summary>Outlines in the colours of the organs.</summary>
    Outline,

    /// <summary>Differences between labels and truth: missed, invented, or another organ.</summary>
    Errors,
}
