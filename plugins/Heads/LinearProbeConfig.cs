using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Heads;

/// <summary>Linear probe: one linear map of a frozen encoder's tokens to classes, upsampled to voxels; a quick look at representations.</summary>
[Component(Slot.Head, "linear-probe")]
public sealed partial record LinearProbeConfig : IHeadCounter
{
    IReadOnlyList<OperationCount> IHeadCounter.Count(HeadContext context)
    {
        TokenEncoderInfo info = context.Encoder as TokenEncoderInfo ?? throw new PluginException("linear-probe needs an encoder of patch tokens; this one returns a feature pyramid.");
        LayerCounts map = LayerCounts.Linear(info.Grid.Count, info.EmbedDim, context.NumClasses);
        return [new OperationCount("head.classify", map.Parameters, map.Activations + ((long)context.CropSize.Count * context.NumClasses), map.MultiplyAdds, map.MultiplyAdds)];
    }
}
