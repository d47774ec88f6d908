namespace HiEndMae.Engine.Configuration;

/// <summary>How weights for images with one channel are loaded into a model with several channels.</summary>
public enum ChannelInflation
{
    /// <summary>The weights are rejected.</summary>
    Refuse,

    /// <summary>Every channel gets the weights divided by the number of channels, so that equal channels give the same output as one.</summary>
    Mean,

    /// <summary>Every channel gets the unchanged weights.</summary>
    Repeat,

    /// <summary>The first channel gets the weights. The weights of the others are 0.</summary>
    First,
}
