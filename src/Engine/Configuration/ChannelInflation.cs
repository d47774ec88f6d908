namespace HiEndMae.Engine.Configuration;

/// <summary>What becomes of weights for images of one channel in a model for several.</summary>
public enum ChannelInflation
{
    /// <summary>They are refused.</summary>
    Refuse,

    /// <summary>Every channel gets the weights divided by the number of channels, so that equal channels give the same response as one.</summary>
    Mean,

    /// <summary>Every channel gets the weights as they are.</summary>
    Repeat,

    /// <summary>The first channel gets the weights; those of the others are 0.</summary>
    First,
}
