namespace HiEndMae;

/// <summary>What a dataset holds.</summary>
/// <param name="Name">Short name for tables.</param>
/// <param name="ChannelNames">One per image channel, such as "CT".</param>
/// <param name="LabelNames">One per class index; index 0 is background. Empty for images without labels.</param>
public sealed record DatasetInfo(string Name, IReadOnlyList<string> ChannelNames, IReadOnlyList<string> LabelNames);
